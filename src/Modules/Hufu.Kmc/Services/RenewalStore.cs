using Hufu.Contracts;
using Hufu.Kmc.Cases;
using Hufu.Records;

namespace Hufu.Kmc.Services;

/// <summary>Tables kmc_service_renewal, kmc_service_certificate, kmc_service_alarm.</summary>
internal static class RenewalStore
{
    private const string Columns = "SELECT number, state, renewed_by, renewed_at, decided_by, decided_at FROM kmc_service_renewal";

    /// <summary>The number of the next one.</summary>
    public static long Next(Session session) => session.Scalar<long>("SELECT COALESCE(MAX(number), 0) + 1 FROM kmc_service_renewal");

    /// <summary>A renewal, or null.</summary>
    public static Renewal? Find(Session session, long number) => Read(session, Columns + " WHERE number = @number", new { number }).SingleOrDefault();

    /// <summary>The one that a signed act has begun, or null.</summary>
    public static Renewal? OfAct(Session session, string actDigest) => Read(session, Columns + " WHERE act_digest = @actDigest", new { actDigest }).SingleOrDefault();

    /// <summary>Those in a state, oldest first; at most 1,000.</summary>
    public static IReadOnlyList<Renewal> In(Session session, ServiceRenewalState state) => Read(session, Columns + " WHERE state = @state ORDER BY number LIMIT 1000", new { state = CaseWords.Of(state) });

    /// <summary>The one that is reserved or waits for its auditor, or null.</summary>
    public static Renewal? Waiting(Session session) => Read(session, Columns + " WHERE state IN ('reserved', 'renewed') ORDER BY number LIMIT 1", null).SingleOrDefault();

    /// <summary>All, newest first; at most 100.</summary>
    public static IReadOnlyList<Renewal> All(Session session) => Read(session, Columns + " ORDER BY number DESC LIMIT 100", null);

    /// <summary>One begins: signed for, nothing certified.</summary>
    public static void Add(Session session, long number, string actDigest, string by, long now, IEnumerable<RenewedCertificate> certificates)
    {
        session.Execute(
            "INSERT INTO kmc_service_renewal (number, state, act_digest, renewed_by, renewed_at) VALUES (@number, 'reserved', @actDigest, @by, @now)", new { number, actDigest, by, now });
        foreach (var one in certificates)
        {
            session.Execute(
                "INSERT INTO kmc_service_certificate (renewal, use_name, follows, serial, public_key) VALUES (@number, @Use, @Follows, @Serial, @PublicKey)",
                new { number, one.Use, one.Follows, one.Serial, one.PublicKey });
        }
    }

    /// <summary>Keeps a certificate that was signed; the first one stays.</summary>
    /// <returns>Whether there was none.</returns>
    public static bool Keep(Session session, long number, string use, byte[] der) => session.Execute(
        "UPDATE kmc_service_certificate SET certificate = @der WHERE renewal = @number AND use_name = @use AND certificate IS NULL", new { number, use, der }) == 1;

    /// <summary>Moves one on.</summary>
    public static void Set(Session session, long number, ServiceRenewalState state, string? by, long? now) => session.Execute(
        "UPDATE kmc_service_renewal SET state = @state, decided_by = @by, decided_at = @now WHERE number = @number", new { number, state = CaseWords.Of(state), by, now });

    /// <summary>Notes an alarm.</summary>
    /// <returns>False when it was raised before.</returns>
    public static bool Raise(Session session, string serial, int days, long now) => session.Execute(
        "INSERT INTO kmc_service_alarm (serial, days, at) VALUES (@serial, @days, @now) ON CONFLICT (serial, days) DO NOTHING", new { serial, days = (long)days, now }) == 1;

    private static List<Renewal> Read(Session session, string sql, object? args) =>
    [
        .. session.Query<Row>(sql, args).Select(row => new Renewal(
            row.Number, Enum.GetValues<ServiceRenewalState>().First(state => CaseWords.Of(state) == row.State), row.RenewedBy, DateTimeOffset.FromUnixTimeMilliseconds(row.RenewedAt), row.DecidedBy,
            row.DecidedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
            [
                .. session.Query<CertificateRow>(
                    "SELECT use_name, follows, serial, public_key, certificate FROM kmc_service_certificate WHERE renewal = @Number ORDER BY use_name", new { row.Number })
                    .Select(one => new RenewedCertificate(one.UseName, one.Follows, one.Serial, one.PublicKey, one.Certificate)),
            ])),
    ];

    private sealed record Row(long Number, string State, string RenewedBy, long RenewedAt, string? DecidedBy, long? DecidedAt);

    private sealed record CertificateRow(string UseName, byte[] Follows, string Serial, byte[] PublicKey, byte[]? Certificate);
}
