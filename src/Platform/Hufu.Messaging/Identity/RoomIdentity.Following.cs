using System.Globalization;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Pki;

namespace Hufu.Messaging;

/// <summary>How a room's certificates are followed by new ones while it works (R18, 6.6.2.1): a new key, the old one kept until its certificate ends, installed without a pause.</summary>
public sealed partial class RoomIdentity
{
    /// <summary>The keys that work together at one moment; replaced as a whole.</summary>
    private sealed record RoomKeys(
        IdentityFile? File, ISigner Signer, IDecryptor Decryptor, IReadOnlyList<(IDecryptor Key, Certificate? Certificate)> Opening, IReadOnlyList<StandIn> Beside);

    /// <summary>The signer of a certificate that this room has or had: for whoever keeps the two side by side over a change.</summary>
    /// <param name="certificate">A signing certificate of this room.</param>
    /// <exception cref="RefusedException">FieldInvalid: the device has no such key.</exception>
    public ISigner SignerOf(Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        RoomKeys keys = Volatile.Read(ref _keys);
        return keys.Signer.PublicKey.Equals(certificate.PublicKey)
            ? keys.Signer
            : LabelOf(SigningLabel, certificate.PublicKey) is { } label
                ? new WaitingSigner(Room, (IBatchSigner)Device.GetSigner(label))
                : throw new RefusedException(RefusalCode.FieldInvalid, $"The certificate {certificate.SerialHex} is not for a key of '{Room}'.");
    }

    /// <summary>
    /// What this room asks the CA for one of its certificates: the request is over a new key, made now or kept from an earlier asking, so that asking again asks for the same (R03). The ledger's key stays, for the
    /// ledger's first record names it; its certificate alone is followed.
    /// </summary>
    /// <param name="use"><see cref="SigningLabel"/>, <see cref="EncryptionLabel"/> or <see cref="AuditLabel"/>.</param>
    /// <returns>Null when the room has no certificate for that use.</returns>
    /// <exception cref="RefusedException">DeviceUnavailable.</exception>
    public ServiceRenewalAsked? AskFollowing(string use)
    {
        if (CertificateFor(use) is not { } old)
        {
            return null;
        }

        string label = use == AuditLabel ? AuditLabel : WaitingKeys.Do(Room, () => NextLabel(use));
        return new ServiceRenewalAsked(Room, use, old.SerialHex, WaitingKeys.Do(Room, () => Device.CreateRequest(label, old.Subject).Encode()));
    }

    /// <summary>Installs a certificate that follows one of this room's, while it runs. Checked: it follows the present certificate of that use, over a key of this device for that use, with the same name and usages, longer, and hangs from the root that this room trusts.</summary>
    /// <param name="certified">The CA's fact.</param>
    /// <param name="now">When all must be valid.</param>
    /// <returns>False when it is installed already, or an even later one is.</returns>
    /// <exception cref="RefusedException">NotInitialised, FieldInvalid, CertificateNotValid, Malformed.</exception>
    public bool Follow(ServiceCertified certified, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(certified);
        lock (_change)
        {
            if (Following(Installed(), certified, now) is not { } file)
            {
                return false;
            }

            Put(file, Volatile.Read(ref _keys).Beside);
            return true;
        }
    }

    private IdentityFile Installed() => Volatile.Read(ref _keys).File ?? throw new RefusedException(RefusalCode.NotInitialised, $"The certificates of '{Room}' are not installed.");

    // The file with the certificate in its place; null when it, or a later one, stands there.
    private IdentityFile? Following(IdentityFile file, ServiceCertified certified, DateTimeOffset now)
    {
        (Certificate certificate, IReadOnlyList<Certificate> chain) = Read(certified);
        Certificate old = (certified.Use switch { SigningLabel => file.Signing, EncryptionLabel => file.Encryption, _ => file.Audit })
            ?? throw new RefusedException(RefusalCode.FieldInvalid, $"'{Room}' has no certificate for '{certified.Use}'.", "use");
        if (old.SerialHex != certified.OldSerial || certificate.Equals(old))
        {
            return null;
        }

        if (LabelOf(certified.Use, certificate.PublicKey) is null || !certificate.Subject.RawData.Span.SequenceEqual(old.Subject.RawData.Span) || certificate.KeyUsage != old.KeyUsage || certificate.NotAfter <= old.NotAfter
            || !chain[^1].Equals(file.Chain[^1]))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The certificate {certificate.SerialHex} does not follow {old.SerialHex}: key, name, usage, life or root is another.", "certificate");
        }

        ChainCheck.Require(certificate, certified.Use == EncryptionLabel ? KeyUsages.KeyEncipherment : KeyUsages.DigitalSignature, chain, now, "certificate");
        return certified.Use switch
        {
            SigningLabel => file with { Signing = certificate, Chain = chain },
            EncryptionLabel => file with { Encryption = certificate, Earlier = EarlierThan(certificate) },
            _ => file with { Audit = certificate },
        };
    }

    /// <summary>Reads what the CA certified, within limits.</summary>
    internal static (Certificate Certificate, IReadOnlyList<Certificate> Chain) Read(ServiceCertified certified)
    {
        if (certified is not { Certificate: { } der, Chain: { Count: > 0 and <= 8 } all, Use: SigningLabel or EncryptionLabel or AuditLabel })
        {
            throw new RefusedException(RefusalCode.Malformed, "A use, a certificate and its chain are needed.", "certificate");
        }

        try
        {
            return (Certificate.Decode(der), [.. all.Select(one => Certificate.Decode(one))]);
        }
        catch (PkiException e)
        {
            throw new RefusedException(RefusalCode.Malformed, e.Message, "certificate");
        }
    }

    /// <summary>Opens and authenticates a message with the present keys, and with those before them while their certificates are good: what was on its way during a change still arrives.</summary>
    /// <param name="sealedMessage">The bytes received.</param>
    /// <param name="signersOf">A room's certificates that are good now, the present one first; empty for a stranger.</param>
    /// <param name="now">When the sender's certificate must be valid.</param>
    /// <exception cref="RefusedException">As <see cref="SealedMessage.OpenAsync"/>.</exception>
    internal async Task<OpenedMessage> OpenAsync(ReadOnlyMemory<byte> sealedMessage, Func<string, ValueTask<IReadOnlyList<Certificate>>> signersOf, DateTimeOffset now)
    {
        RefusedException? refused = null;
        foreach ((IDecryptor key, Certificate? certificate) in Volatile.Read(ref _keys).Opening)
        {
            if (refused is not null && certificate?.IsValidAt(now) == false)
            {
                // Beside the present one only while it is good; what was under way then is sealed anew by its sender.
                continue;
            }

            int most = 1;
            for (int i = 0; i < most; i++)
            {
                int wanted = i;
                try
                {
                    OpenedMessage opened = await SealedMessage.OpenAsync(
                        sealedMessage, Room, key, certificate,
                        async name =>
                        {
                            IReadOnlyList<Certificate> signers = await signersOf(name).ConfigureAwait(false);
                            most = Math.Max(most, signers.Count);
                            return wanted < signers.Count ? signers[wanted] : null;
                        },
                        now).ConfigureAwait(false);
                    return opened.Sealing == Sealing.Enveloped ? opened with { Under = certificate } : opened;
                }
                catch (RefusedException e) when (e.Refusal.Code == RefusalCode.MessageNotAuthentic)
                {
                    refused ??= e;
                }
            }
        }

        throw refused!;
    }

    /// <summary>The room's certificate of a use.</summary>
    /// <param name="use"><see cref="SigningLabel"/>, <see cref="EncryptionLabel"/> or <see cref="AuditLabel"/>.</param>
    public Certificate? CertificateFor(string use) => use switch
    {
        SigningLabel => SigningCertificate,
        EncryptionLabel => EncryptionCertificate,
        AuditLabel => AuditCertificate,
        _ => null,
    };

    private void Put(IdentityFile file, IReadOnlyList<StandIn> beside)
    {
        RoomKeys keys = KeysOf(file, beside);
        file.Write(_file);
        Volatile.Write(ref _keys, keys);
    }

    private RoomKeys KeysOf(IdentityFile? file, IReadOnlyList<StandIn> beside)
    {
        WaitingSigner signer = new(Room, (IBatchSigner)Device.GetSigner(LabelFor(SigningLabel, file?.Signing)));
        WaitingDecryptor decryptor = new(Room, Device.GetDecryptor(LabelFor(EncryptionLabel, file?.Encryption)));
        List<(IDecryptor, Certificate?)> opening = [(decryptor, file?.Encryption)];
        foreach (Certificate other in (file?.Earlier ?? []).Concat(beside.Select(one => one.Encryption)).Distinct())
        {
            if (!other.Equals(file?.Encryption) && LabelOf(EncryptionLabel, other.PublicKey) is { } label)
            {
                opening.Add((new WaitingDecryptor(Room, Device.GetDecryptor(label)), other));
            }
        }

        return new RoomKeys(file, signer, decryptor, opening, beside);
    }

    private List<Certificate> EarlierThan(Certificate? encryption) => Volatile.Read(ref _keys).File is { Encryption: { } present } file && !present.Equals(encryption) ? [present, .. file.Earlier.Take(7)] : [.. Volatile.Read(ref _keys).File?.Earlier ?? []];

    private string CurrentLabel(string use) => LabelFor(use, CertificateFor(use));

    // A certificate over another device's key was refused when it was installed; a device put back from a backup of before the change still has its first key.
    private string LabelFor(string use, Certificate? certificate) => certificate is null ? use : LabelOf(use, certificate.PublicKey) ?? use;

    /// <summary>The label of this device's key of a use: the use's name, or with a number: sign, sign-2, sign-3.</summary>
    private string? LabelOf(string use, SubjectPublicKeyInfo key) => LabelsOf(use).FirstOrDefault(label => Device.PublicKeyOf(label).Equals(key));

    private IEnumerable<string> LabelsOf(string use) => Device.Labels.Where(label => label == use || Number(label, use) > 1);

    // The key after the present one, made if it is not there yet.
    private string NextLabel(string use)
    {
        string label = $"{use}-{Math.Max(1, Number(CurrentLabel(use), use)) + 1}";
        if (!Device.Contains(label))
        {
            Device.GenerateKeyPair(label, use == EncryptionLabel ? KeyUse.Encryption : KeyUse.Signing);
        }

        return label;
    }

    private static int Number(string label, string use) =>
        label.StartsWith(use + "-", StringComparison.Ordinal) && int.TryParse(label.AsSpan(use.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
}
