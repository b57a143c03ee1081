using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ocsp.Signers;

/// <summary>A key in the token for one CA.</summary>
/// <param name="Label">The token's label of it.</param>
/// <param name="Ca">The CA.</param>
/// <param name="Number">1, 2, 3 … for the same CA.</param>
/// <param name="Request">PKCS#10, DER.</param>
/// <param name="Certificate">The CA's certificate over it; null while it waits.</param>
internal sealed record SignerKey(string Label, string Ca, long Number, byte[] Request, Certificate? Certificate)
{
    /// <summary>Its public half.</summary>
    public SubjectPublicKeyInfo PublicKey { get; } = CertificationRequest.Decode(Request).PublicKey;
}

/// <summary>The table of the token's keys.</summary>
internal static class SignerStore
{
    public static IReadOnlyList<SignerKey> All(Session session) =>
        [.. session.Query<Row>("SELECT label, ca, number, request, certificate FROM ocsp_signer ORDER BY ca, number LIMIT 1000")
            .Select(row => new SignerKey(row.Label, row.Ca, row.Number, row.Request, row.Certificate is { } der ? Certificate.Decode(der) : null))];

    public static void Insert(Session session, SignerKey key) => session.Execute(
        "INSERT INTO ocsp_signer (label, ca, number, request) VALUES (@Label, @Ca, @Number, @Request)", new { key.Label, key.Ca, key.Number, key.Request });

    public static void SetCertificate(Session session, string label, Certificate certificate) =>
        session.Execute("UPDATE ocsp_signer SET certificate = @der WHERE label = @label", new { label, der = certificate.Encode() });

    private sealed record Row(string Label, string Ca, long Number, byte[] Request, byte[]? Certificate);
}
