using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Publishing.Certificates;

/// <summary>CA certificates, and the chain that holders and relying parties take (6.6.2.1-d).</summary>
internal static class AuthorityShelf
{
    public static void Certified(Session session, AuthorityCertified fact, long now) => Put(session, fact.Ca, fact.Certificate, linking: 0, now);

    /// <summary>A linking or cross certificate, or one of a CA above: in the chain and in pairs, not a CA of its own.</summary>
    public static void Linked(Session session, AuthorityLinked fact, long now) => Put(session, fact.Name, fact.Certificate, linking: 1, now);

    /// <summary>Those.</summary>
    public static IReadOnlyList<Certificate> Links(Session session) =>
        [.. session.Query<byte[]>("SELECT certificate FROM publishing_authorities WHERE linking = 1 ORDER BY seen_at, digest LIMIT 100").Select(der => Certificate.Decode(der))];

    public static byte[]? Current(Session session, string ca) => session.QueryFirst<byte[]>(
        "SELECT certificate FROM publishing_authorities WHERE ca = @Ca ORDER BY seen_at DESC, digest LIMIT 1", new { Ca = ca });

    /// <summary>The names of the CAs.</summary>
    public static IReadOnlyList<string> Names(Session session) => session.Query<string>("SELECT DISTINCT ca FROM publishing_authorities WHERE linking = 0 ORDER BY ca LIMIT 100");

    /// <summary>Every certificate of a CA, the newest first.</summary>
    public static IReadOnlyList<byte[]> All(Session session, string ca) =>
        session.Query<byte[]>("SELECT certificate FROM publishing_authorities WHERE ca = @Ca ORDER BY seen_at DESC, digest LIMIT 100", new { Ca = ca });

    /// <summary>Every CA certificate there is.</summary>
    public static IReadOnlyList<Certificate> Everything(Session session) =>
        [.. session.Query<byte[]>("SELECT certificate FROM publishing_authorities ORDER BY seen_at DESC, digest LIMIT 100").Select(der => Certificate.Decode(der))];

    /// <summary>The chain without the root as degenerate PKCS#7: roots are taken from a place that is trusted otherwise.</summary>
    [Clause("6.6.2.1-d")]
    public static byte[]? Chain(Session session)
    {
        var chain = session.Query<byte[]>("SELECT certificate FROM publishing_authorities ORDER BY seen_at DESC, digest LIMIT 100")
            .Select(der => Certificate.Decode(der)).Where(certificate => !certificate.IsSelfIssued).ToList();
        return chain.Count == 0 ? null : CertificateBag.Encode(chain, MessageSyntax.Cms);
    }

    private static void Put(Session session, string ca, byte[] certificate, long linking, long now) => session.Execute(
        "INSERT INTO publishing_authorities (ca, digest, certificate, seen_at, linking) VALUES (@ca, @digest, @certificate, @now, @linking) ON CONFLICT (ca, digest) DO NOTHING",
        new { ca, digest = ActStatement.Digest(certificate), certificate, now, linking });
}
