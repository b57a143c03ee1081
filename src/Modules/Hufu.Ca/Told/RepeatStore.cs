using Hufu.Ca.Certificates;
using Hufu.Ca.Revocation;
using Hufu.Records;

namespace Hufu.Ca.Told;

/// <summary>A row of ca_repeats. Times are Unix milliseconds UTC.</summary>
internal sealed record RepeatRow(
    long Number, string Room, long Since, long Until, string Stage, long AtNumber, long AtTime, string AtIssuer, string AtSerial, long Standings, long Certificates);

/// <summary>How a certificate stands since its newest event.</summary>
internal sealed record StandingRow(long Number, string Issuer, string Serial, long RevokedAt, long Reason)
{
    public bool IsLifted => Reason == RevocationStore.Lifting;

    public DateTimeOffset Moment => DateTimeOffset.FromUnixTimeMilliseconds(RevokedAt);
}

/// <summary>A certificate as a fact tells of it.</summary>
internal sealed record IssuedRow(string Issuer, string Serial, string Profile, long NotAfter, long IssuedAt, byte[] Der);

/// <summary>Tables: ca_repeats; ca_revocations and ca_certificates are read.</summary>
internal static class RepeatStore
{
    public const string Standings = "standings";
    private const string Certificates = "certificates";
    private const string Done = "done";
    private const string Columns = "number, room, since, until, stage, at_number, at_time, at_issuer, at_serial, standings, certificates";

    public static long Insert(Session session, string room, long since, long now, string person) => session.Scalar<long>(
        """
        INSERT INTO ca_repeats (room, since, until, stage, at_number, at_time, at_issuer, at_serial, standings, certificates, person, asked_at)
        VALUES (@room, @since, @now, @Standings, 0, @since, '', '', 0, 0, @person, @now) RETURNING number
        """,
        new { room, since, now, Standings, person });

    public static RepeatRow Find(Session session, long number) => session.QueryFirst<RepeatRow>($"SELECT {Columns} FROM ca_repeats WHERE number = @number", new { number })!;

    public static RepeatRow? Waiting(Session session) => session.QueryFirst<RepeatRow>($"SELECT {Columns} FROM ca_repeats WHERE stage <> 'done' ORDER BY number LIMIT 1");

    /// <summary>The newest events of their serials since the moment, in their order.</summary>
    public static IReadOnlyList<StandingRow> StandingsAfter(Session session, RepeatRow row, int limit) => session.Query<StandingRow>(
        """
        SELECT number, issuer, serial, revoked_at, reason FROM ca_revocations
        WHERE number > @AtNumber AND revoked_at >= @Since AND revoked_at <= @Until AND live = 1 AND authority = 0 ORDER BY number LIMIT @limit
        """,
        new { row.AtNumber, row.Since, row.Until, limit });

    /// <summary>Certificates since the moment that facts tell of (a CA's own has a fact of its own), in the order of their issue.</summary>
    public static IReadOnlyList<IssuedRow> CertificatesAfter(Session session, RepeatRow row, int limit) => session.Query<IssuedRow>(
        """
        SELECT issuer, serial, profile, not_after, issued_at, der FROM ca_certificates
        WHERE issued_at >= @AtTime AND issued_at <= @Until AND (issued_at > @AtTime OR issuer > @AtIssuer OR (issuer = @AtIssuer AND serial > @AtSerial)) AND kind <> @Authority
        ORDER BY issued_at, issuer, serial LIMIT @limit
        """,
        new { row.AtTime, row.Until, row.AtIssuer, row.AtSerial, CertificateUse.Authority, limit });

    public static void MoveStanding(Session session, RepeatRow row, IReadOnlyList<StandingRow> told, bool last) => session.Execute(
        "UPDATE ca_repeats SET stage = @stage, at_number = @at, standings = standings + @Count WHERE number = @Number",
        new { stage = last ? Certificates : Standings, at = told.Count > 0 ? told[^1].Number : row.AtNumber, told.Count, row.Number });

    public static void MoveCertificates(Session session, RepeatRow row, IReadOnlyList<IssuedRow> told, bool last)
    {
        var (time, issuer, serial) = told.Count > 0 ? (told[^1].IssuedAt, told[^1].Issuer, told[^1].Serial) : (row.AtTime, row.AtIssuer, row.AtSerial);
        session.Execute(
            "UPDATE ca_repeats SET stage = @stage, at_time = @time, at_issuer = @issuer, at_serial = @serial, certificates = certificates + @Count WHERE number = @Number",
            new { stage = last ? Done : Certificates, time, issuer, serial, told.Count, row.Number });
    }
}
