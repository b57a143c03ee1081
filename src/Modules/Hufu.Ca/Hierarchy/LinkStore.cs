using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Ca.Hierarchy;

/// <summary>Tables: ca_links. Linking and cross certificates, ours and those that were issued to ours; each is published once it is kept.</summary>
internal static class LinkStore
{
    private const int Most = 1_000;

    /// <summary>Keeps and publishes one, in the deed's transaction.</summary>
    public static void Keep(Session session, IFactOutlet facts, string name, Certificate certificate, DateTimeOffset now)
    {
        session.Execute("INSERT INTO ca_links (name, certificate, made_at) VALUES (@name, @der, @now)", new { name, der = certificate.Encode(), now = now.ToUnixTimeMilliseconds() });
        facts.Publish(session, new AuthorityLinked(name, certificate.Encode()));
    }

    /// <summary>Whether these bytes are kept already.</summary>
    public static bool Contains(Session session, Certificate certificate) =>
        session.Query<byte[]>("SELECT certificate FROM ca_links LIMIT @Most", new { Most }).Any(der => der.AsSpan().SequenceEqual(certificate.RawData.Span));

    /// <summary>A name that is free: the one given, or with a number behind it when the CA has been certified by the same one before.</summary>
    public static string FreeName(Session session, string name)
    {
        var taken = session.Query<string>("SELECT name FROM ca_links LIMIT @Most", new { Most }).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(1, Most + 1).Select(number => number == 1 ? name : $"{name}-{number}").First(free => !taken.Contains(free));
    }
}
