using System.Security.Cryptography;
using System.Text;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Devices;

/// <summary>
/// One application of a maker's token behind the C interface of GM/T 0016. The signing key is made in the token and stays there; the token is given the digest e over Z ‖ data, which is computed here.
/// A container holds one encryption pair: another one takes another container. Safe for many threads.
/// </summary>
public sealed unsafe class SkfToken : IHolderToken
{
    private const uint LargestCertificate = 64 * 1024;
    private const int LongestPin = 64;

    private readonly SkfReader _reader;
    private readonly SkfSlot _slot;
    private readonly nint _device;
    private readonly nint _application;
    private bool _disposed;

    internal SkfToken(SkfReader reader, SkfSlot slot)
    {
        (_reader, _slot) = (reader, slot);
        nint device, application;
        fixed (byte* name = SkfReader.Terminated(slot.Device))
        {
            Demand(reader.Library.ConnectDev(name, &device), "SKF_ConnectDev");
        }

        try
        {
            fixed (byte* name = SkfReader.Terminated(slot.Application))
            {
                Demand(reader.Library.OpenApplication(device, name, &application), "SKF_OpenApplication");
            }
        }
        catch
        {
            _ = reader.Library.DisconnectDev(device);
            throw;
        }

        (_device, _application) = (device, application);
    }

    private delegate T ContainerWork<out T>(nint container);

    /// <inheritdoc/>
    public string Label => _slot.Label;

    /// <inheritdoc/>
    public int TriesLeft => InTurn(() =>
    {
        uint most, left;
        int first;
        Demand(_reader.Library.GetPinInfo(_application, SkfCodes.User, &most, &left, &first), "SKF_GetPINInfo");
        return (int)Math.Min(left, 255);
    });

    /// <inheritdoc/>
    public IReadOnlyList<string> Containers => InTurn(() => (string[])
    [
        .. Raw().Where(name => Opened(name, container => PublicKey(container, KeyUse.Signing) is not null)).Select(name => SkfBlobs.Words(name)).Order(StringComparer.Ordinal),
    ]);

    /// <inheritdoc/>
    public void VerifyPin(ReadOnlySpan<char> pin)
    {
        if (pin.Length is 0 or > LongestPin || pin.Contains('\0'))
        {
            throw new DeviceException(DeviceError.PinUnfit, "A PIN has 1 to 64 characters.");
        }

        byte[] text = new byte[Encoding.UTF8.GetMaxByteCount(pin.Length) + 1];
        Encoding.UTF8.GetBytes(pin, text);
        try
        {
            InTurn(() =>
            {
                // What another program on this connection has opened does not count as this PIN.
                _ = _reader.Library.ClearSecureState(_application);
                uint left = 0;
                uint result;
                fixed (byte* at = text)
                {
                    result = _reader.Library.VerifyPin(_application, SkfCodes.User, at, &left);
                }

                if (result == SkfCodes.PinIncorrect)
                {
                    throw left == 0
                        ? SkfCodes.Fault(SkfCodes.PinLocked, "SKF_VerifyPIN")
                        : new DeviceException(DeviceError.PinIncorrect, "The PIN is wrong.") { TriesLeft = (int)Math.Min(left, 255) };
                }

                Demand(result, "SKF_VerifyPIN");
                return 0;
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <inheritdoc/>
    public void Logout() => InTurn(() => _reader.Library.ClearSecureState(_application));

    /// <inheritdoc/>
    public SubjectPublicKeyInfo MakeSigningPair(string container)
    {
        byte[] name = Encoding.ASCII.GetBytes(Devices.Label.Check(container));
        return InTurn(() =>
        {
            if (Raw().Exists(there => there.AsSpan().SequenceEqual(name)))
            {
                throw new DeviceException(DeviceError.KeyExists, $"There is a container '{container}' already.");
            }

            nint made;
            fixed (byte* at = SkfReader.Terminated(name))
            {
                Demand(_reader.Library.CreateContainer(_application, at, &made), "SKF_CreateContainer");
                try
                {
                    byte[] blob = new byte[SkfBlobs.PublicKeySize];
                    fixed (byte* key = blob)
                    {
                        Demand(_reader.Library.GenerateEccPair(made, SkfCodes.Sm2Signing, key), "SKF_GenECCKeyPair");
                    }

                    Sm2PublicKey point = SkfBlobs.PublicKey(blob) ?? throw new DeviceException(DeviceError.Driver, "The token made a key that is none of SM2.");
                    _ = _reader.Library.CloseContainer(made);
                    return SubjectPublicKeyInfo.FromSm2(point);
                }
                catch
                {
                    // Nothing half-made stays behind.
                    _ = _reader.Library.CloseContainer(made);
                    _ = _reader.Library.DeleteContainer(_application, at);
                    throw;
                }
            }
        });
    }

    /// <inheritdoc/>
    public ISigner GetSigner(string container) => new Signer(this, container, InTurn(() => In(container, at => Key(at, container, KeyUse.Signing))));

    /// <inheritdoc/>
    public SubjectPublicKeyInfo ImportEncryptionPair(string container, Sm2EnvelopedKey envelopedKey)
    {
        ArgumentNullException.ThrowIfNull(envelopedKey);
        Sm2PublicKey point = envelopedKey.PublicKey.Sm2!;
        byte[] blob = SkfBlobs.Enveloped(envelopedKey, _reader.Options.EnvelopedKeyAt);
        return InTurn(() => In(container, at =>
        {
            if (Key(at, container, KeyUse.Signing).Equals(point))
            {
                throw new DeviceException(DeviceError.Mismatch, "The encryption pair is the signing pair itself.");
            }

            if (PublicKey(at, KeyUse.Encryption) is not { } there)
            {
                uint result;
                fixed (byte* key = blob)
                {
                    result = _reader.Library.ImportEccPair(at, key);
                }

                // Makers name a pair that does not open by many codes; what is not a PIN's or a pulled token's is the pair's.
                DeviceException? fault = result == SkfCodes.Ok ? null : _reader.Fault(result, "SKF_ImportECCKeyPair", _slot.Device);
                if (fault is not null)
                {
                    throw fault.Error == DeviceError.Driver ? new DeviceException(DeviceError.Mismatch, $"The token does not take the pair over: {fault.Message}") : fault;
                }
            }
            else if (!there.Equals(point))
            {
                throw new DeviceException(DeviceError.KeyExists, $"'{container}' has an encryption pair already and an SKF container holds one; what was encrypted to it would be lost. Take another container.");
            }

            return Key(at, container, KeyUse.Encryption).Equals(point)
                ? SubjectPublicKeyInfo.FromSm2(point)
                : throw new DeviceException(DeviceError.Driver, "The token keeps another encryption key than it was given.");
        }));
    }

    /// <inheritdoc/>
    public void ImportCertificate(string container, KeyUse use, Certificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        byte[] der = certificate.Encode();
        InTurn(() => In(container, at =>
        {
            if (certificate.PublicKey.Sm2 is not { } point || PublicKey(at, Check(use)) is not { } key || !key.Equals(point))
            {
                throw new DeviceException(DeviceError.Mismatch, $"The certificate is not for a key of '{container}'.");
            }

            fixed (byte* content = der)
            {
                Demand(_reader.Library.ImportCertificate(at, IsSigning(use), content, (uint)der.Length), "SKF_ImportCertificate");
            }

            return 0;
        }));
    }

    /// <inheritdoc/>
    public Certificate ExportCertificate(string container, KeyUse use) => InTurn(() => In(container, at => Read(at, Check(use))))
        ?? throw new DeviceException(DeviceError.CertificateMissing, $"'{container}' has no certificate for {use}.");

    /// <inheritdoc/>
    public IReadOnlyList<Certificate> EncryptionCertificates(string container) => InTurn(() => In(container, at => Read(at, KeyUse.Encryption))) is { } one ? [one] : [];

    /// <summary>Signs out and disconnects. Any later use is refused with <see cref="DeviceError.Deactivated"/>.</summary>
    public void Dispose()
    {
        lock (_reader.Turn)
        {
            if (!_disposed)
            {
                _disposed = true;
                _ = _reader.Library.ClearSecureState(_application);
                _ = _reader.Library.CloseApplication(_application);
                _ = _reader.Library.DisconnectDev(_device);
            }
        }
    }

    private static int IsSigning(KeyUse use) => use == KeyUse.Signing ? 1 : 0;

    private static KeyUse Check(KeyUse use) =>
        use is KeyUse.Signing or KeyUse.Encryption ? use : throw new DeviceException(DeviceError.WrongUse, "A certificate is for signing or for encryption.");

    private void Demand(uint result, string call)
    {
        if (result != SkfCodes.Ok)
        {
            throw _reader.Fault(result, call, _slot.Device);
        }
    }

    private T InTurn<T>(Func<T> work)
    {
        lock (_reader.Turn)
        {
            return _disposed ? throw new DeviceException(DeviceError.Deactivated, "The token was closed.") : work();
        }
    }

    private List<byte[]> Raw() => SkfReader.List(_application, _reader.Library.EnumContainer, result => _reader.Fault(result, "SKF_EnumContainer", _slot.Device));

    private T In<T>(string container, ContainerWork<T> work) => Opened(
        Raw().Find(name => SkfBlobs.Words(name) == container) ?? throw new DeviceException(DeviceError.KeyMissing, $"The token has no container '{container}'."), work);

    private T Opened<T>(byte[] name, ContainerWork<T> work)
    {
        nint container;
        fixed (byte* at = SkfReader.Terminated(name))
        {
            Demand(_reader.Library.OpenContainer(_application, at, &container), "SKF_OpenContainer");
        }

        try
        {
            return work(container);
        }
        finally
        {
            _ = _reader.Library.CloseContainer(container);
        }
    }

    private Sm2PublicKey Key(nint container, string name, KeyUse use) =>
        PublicKey(container, use) ?? throw new DeviceException(DeviceError.KeyMissing, $"'{name}' has no SM2 key for {use}.");

    /// <summary>Null when the container has none of SM2 for this use; that the token is gone is no absent key.</summary>
    private Sm2PublicKey? PublicKey(nint container, KeyUse use)
    {
        byte[] blob = new byte[1024];
        uint size = (uint)blob.Length;
        uint result;
        fixed (byte* at = blob)
        {
            result = _reader.Library.ExportPublicKey(container, IsSigning(use), at, &size);
        }

        if (result != SkfCodes.Ok)
        {
            DeviceException fault = _reader.Fault(result, "SKF_ExportPublicKey", _slot.Device);
            return fault.Error is DeviceError.Removed or DeviceError.PinNotVerified ? throw fault : null;
        }

        return SkfBlobs.PublicKey(blob.AsSpan(0, (int)Math.Min(size, (uint)blob.Length)));
    }

    /// <summary>The certificate when there is one that can be read and is for the key beside it; tokens carry other authorities' too.</summary>
    private Certificate? Read(nint container, KeyUse use)
    {
        uint size = 0;
        uint result = _reader.Library.ExportCertificate(container, IsSigning(use), null, &size);
        byte[] der = [];
        if (result == SkfCodes.Ok && size is > 0 and <= LargestCertificate)
        {
            der = new byte[size];
            fixed (byte* at = der)
            {
                result = _reader.Library.ExportCertificate(container, IsSigning(use), at, &size);
            }
        }

        if (result is not (SkfCodes.Ok or SkfCodes.CertificateNotFound or SkfCodes.FileNotExist or SkfCodes.KeyNotFound))
        {
            throw _reader.Fault(result, "SKF_ExportCertificate", _slot.Device);
        }

        if (result != SkfCodes.Ok || size == 0 || size > der.Length)
        {
            return null;
        }

        try
        {
            Certificate certificate = Certificate.Decode(der.AsMemory(0, (int)size));
            return PublicKey(container, use) is { } key && certificate.PublicKey.Sm2 is { } point && key.Equals(point) ? certificate : null;
        }
        catch (PkiException)
        {
            return null;
        }
    }

    private void Sign(string container, Sm2PublicKey key, ReadOnlySpan<byte> data, Span<byte> signature)
    {
        byte[] digest = new byte[Sm3.HashSizeInBytes];
        byte[] blob = new byte[SkfBlobs.SignatureSize];
        key.ComputeDigest(Sm2.DefaultId, data, digest);
        InTurn(() => In(container, at =>
        {
            fixed (byte* e = digest)
            fixed (byte* rs = blob)
            {
                Demand(_reader.Library.EccSignData(at, e, (uint)digest.Length, rs), "SKF_ECCSignData");
            }

            return 0;
        }));
        SkfBlobs.Signature(blob, signature);
        if (!key.VerifyDigest(digest, signature))
        {
            throw new DeviceException(DeviceError.Driver, "The token made a signature that its own public key does not verify.");
        }
    }

    private sealed class Signer(SkfToken token, string container, Sm2PublicKey key) : ISigner
    {
        public SubjectPublicKeyInfo PublicKey { get; } = SubjectPublicKeyInfo.FromSm2(key);

        public AlgorithmIdentifier Algorithm => AlgorithmIdentifier.Sm2WithSm3;

        public byte[] Sign(ReadOnlySpan<byte> data)
        {
            Span<byte> signature = stackalloc byte[Sm2.SignatureSize];
            token.Sign(container, key, data, signature);
            return Sm2SignatureValue.Encode(signature);
        }
    }
}
