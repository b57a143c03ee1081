using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Portal.Desk;

/// <summary>One certificate or request of a room.</summary>
/// <param name="Use"><c>sign</c>, <c>encrypt</c>, <c>audit</c> or <c>chain</c>.</param>
/// <param name="Place">Where it stands in what is signed: <c>peer.signingCertificate</c>, <c>chain.0</c>, <c>requests.audit</c> …</param>
/// <param name="Der">As it goes into what is signed.</param>
/// <param name="Subject">Whose it is; a request's own word is not believed.</param>
/// <param name="Serial">Of a certificate.</param>
/// <param name="Digest">SM3, hex: of a certificate, or of a request's public key.</param>
/// <param name="NotAfter">A certificate's end.</param>
public sealed record RoomPaper(string Use, string Place, byte[] Der, string Subject, string? Serial, string Digest, DateTimeOffset? NotAfter);

/// <summary>What files of another room say, read before anybody signs for it. Nothing is believed here: the room that registers decides.</summary>
/// <param name="Name">What the files call the room; null where they do not.</param>
/// <param name="Papers">In the order in which they are shown.</param>
/// <param name="Troubles">Keys of words: what is missing or does not fit; empty when it can be signed for.</param>
public sealed record RoomPapers(string? Name, IReadOnlyList<RoomPaper> Papers, IReadOnlyList<string> Troubles)
{
    private const int MostFiles = 20, MostCertificates = 40, LongestChain = 8, DeepestJson = 16;

    /// <summary>For <see cref="PeerRegistration"/>: PEM, DER and .p7b, or JSON as a room gives its own certificates (<c>peer</c> or <c>identity</c> with <c>chain</c>).</summary>
    /// <exception cref="RefusedException">Malformed, TooLarge.</exception>
    public static RoomPapers OfCertificates(IReadOnlyList<byte[]> files, DateTimeOffset now) => Guarded(files, () =>
    {
        string? name = null;
        Certificate? signing = null, encryption = null;
        List<Certificate> loose = [];
        foreach (var file in files)
        {
            if (!IsJson(file))
            {
                loose.AddRange(CertificateBag.DecodeAny(file));
                continue;
            }

            using var json = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = DeepestJson });
            var root = json.RootElement;
            var holder = Member(root, "peer") ?? Member(root, "identity") ?? root;
            name ??= Member(holder, "name") is { ValueKind: JsonValueKind.String } said ? said.GetString() : null;
            signing ??= Der(holder, "signingCertificate") is { } one ? Certificate.Decode(one) : null;
            encryption ??= Der(holder, "encryptionCertificate") is { } other ? Certificate.Decode(other) : null;
            loose.AddRange(new[] { "kmCertificate", "caCertificate", "rootCertificate" }.Select(member => Der(root, member)).OfType<byte[]>().Select(der => Certificate.Decode(der)));
            if (Member(root, "chain") is { ValueKind: JsonValueKind.Array } chain)
            {
                loose.AddRange(chain.EnumerateArray().Take(MostCertificates).Select(one => Certificate.Decode(one.GetBytesFromBase64())));
            }
        }

        if (loose.Count > MostCertificates)
        {
            throw new RefusedException(RefusalCode.TooLarge, $"At most {MostCertificates} certificates.");
        }

        var leaves = loose.Where(one => !one.IsAuthority).Distinct().ToList();
        encryption ??= leaves.FirstOrDefault(one => one.Allows(KeyUsages.KeyEncipherment) && !one.Allows(KeyUsages.DigitalSignature));
        var signers = leaves.Where(one => one.Allows(KeyUsages.DigitalSignature)).ToList();
        signing ??= signers.Count == 1 ? signers[0] : null;
        if (signing is null)
        {
            return new RoomPapers(name, [], [signers.Count == 0 ? "roomsNoSigning" : "roomsManySigning"]);
        }

        var (path, whole) = PathOf(signing, [.. loose.Where(one => one.IsAuthority).Distinct()]);
        List<string> troubles = [];
        Note(!whole, "roomsNoChain");
        Note(encryption is not null && whole && !encryption.IsSignedBy(path[0]), "roomsOtherIssuer");
        Note(encryption is not null && encryption.PublicKey.Equals(signing.PublicKey), "roomsSameKey");
        Note(path.Append(signing).Concat(encryption is null ? [] : [encryption]).Any(one => !one.IsValidAt(now)), "roomsEnded");
        List<RoomPaper> papers = [Paper("sign", "peer.signingCertificate", signing)];
        if (encryption is not null)
        {
            papers.Add(Paper("encrypt", "peer.encryptionCertificate", encryption));
        }

        papers.AddRange(path.Select((one, at) => Paper("chain", $"chain.{at}", one)));
        return new RoomPapers(name, papers, troubles);

        void Note(bool wrong, string word)
        {
            if (wrong)
            {
                troubles.Add(word);
            }
        }
    });

    /// <summary>For <see cref="ServiceRegistration"/>: the JSON that the room gave (<see cref="IdentityRequests"/>), or the registration itself.</summary>
    /// <exception cref="RefusedException">Malformed, TooLarge.</exception>
    public static RoomPapers OfRequests(IReadOnlyList<byte[]> files) => Guarded(files, () =>
    {
        if (files.FirstOrDefault(IsJson) is not { } file)
        {
            return new RoomPapers(null, [], ["roomsNoRequests"]);
        }

        using var json = JsonDocument.Parse(file, new JsonDocumentOptions { MaxDepth = DeepestJson });
        // An OCSP signer's registration has one request (StatusSignerRegistration).
        if (Der(json.RootElement, "request") is { } alone)
        {
            var one = CertificationRequest.Decode(alone);
            return new RoomPapers(null, [new RoomPaper("sign", "request", alone, one.Subject.ToString(), null, ActStatement.Digest(one.PublicKey.Encode()), null)], one.CheckPossession() == Possession.Proven ? [] : ["roomsNotProven"]);
        }

        var requests = Member(json.RootElement, "requests") ?? json.RootElement;
        var papers = new List<RoomPaper>();
        var proven = true;
        foreach (var (use, member) in new[] { ("sign", "signing"), ("encrypt", "encryption"), ("audit", "audit") })
        {
            if (Der(requests, member) is not { } der)
            {
                continue;
            }

            var request = CertificationRequest.Decode(der);
            proven &= request.CheckPossession() == Possession.Proven;
            papers.Add(new RoomPaper(use, "requests." + member, der, request.Subject.ToString(), null, ActStatement.Digest(request.PublicKey.Encode()), null));
        }

        var missing = papers.All(paper => paper.Use != "sign") || papers.All(paper => paper.Use != "audit");
        return new RoomPapers(null, papers, missing ? ["roomsNoRequests"] : proven ? [] : ["roomsNotProven"]);
    });

    // Up to a certificate that signed itself, each signed by the next.
    private static (IReadOnlyList<Certificate> Path, bool Whole) PathOf(Certificate leaf, IReadOnlyList<Certificate> authorities)
    {
        List<Certificate> path = [];
        for (var last = leaf; path.Count < LongestChain;)
        {
            if (authorities.FirstOrDefault(one => one.Subject.Equals(last.Issuer) && last.IsSignedBy(one)) is not { } issuer)
            {
                return (path, false);
            }

            path.Add(issuer);
            if (issuer.IsSelfIssued && issuer.IsSignedBy(issuer))
            {
                return (path, true);
            }

            last = issuer;
        }

        return (path, false);
    }

    private static RoomPaper Paper(string use, string place, Certificate certificate) =>
        new(use, place, certificate.Encode(), certificate.Subject.ToString(), certificate.SerialHex, Convert.ToHexStringLower(certificate.Sm3Digest.Span), certificate.NotAfter);

    private static bool IsJson(byte[] file) => file.AsSpan().TrimStart(" \t\r\n\uFEFF"u8).StartsWith("{"u8);

    private static JsonElement? Member(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

    private static byte[]? Der(JsonElement of, string name) => Member(of, name)?.GetBytesFromBase64();

    private static RoomPapers Guarded(IReadOnlyList<byte[]> files, Func<RoomPapers> read)
    {
        if (files.Count is 0 or > MostFiles)
        {
            throw new RefusedException(RefusalCode.Malformed, $"1 to {MostFiles} files.");
        }

        try
        {
            return read();
        }
        catch (Exception fault) when (fault is PkiException or JsonException or FormatException or InvalidOperationException)
        {
            throw new RefusedException(RefusalCode.Malformed, fault.Message);
        }
    }
}
