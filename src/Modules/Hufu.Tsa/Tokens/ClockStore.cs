using Hufu.Records;

namespace Hufu.Tsa.Tokens;

/// <summary>What a start of the service begins with.</summary>
/// <param name="Start">Its number, 1 and up; no other start has it.</param>
/// <param name="Latest">The latest time in any token, Unix microseconds; 0 when there is none.</param>
/// <param name="Tokens">How many tokens have been given.</param>
internal sealed record ClockStart(long Start, long Latest, long Tokens);

/// <summary>Tables tsa_start and tsa_clock.</summary>
internal static class ClockStore
{
    /// <summary>Takes the next number, durably.</summary>
    public static Task<ClockStart> StartAsync(Database database, TimeProvider clock, CancellationToken ct) => database.WriteAsync(
        session =>
        {
            session.Execute("INSERT INTO tsa_start (started_at) VALUES (@now)", new { now = clock.GetUtcNow().ToUnixTimeMilliseconds() });
            var (latest, tokens) = Read(session);
            return new ClockStart(session.Scalar<long>("SELECT MAX(number) FROM tsa_start"), latest, tokens);
        },
        ct);

    /// <summary>The latest time and the number of tokens.</summary>
    public static (long Latest, long Tokens) Read(Session session) =>
        (session.Scalar<long>("SELECT latest FROM tsa_clock WHERE id = 1"), session.Scalar<long>("SELECT tokens FROM tsa_clock WHERE id = 1"));

    /// <summary>Tokens are given, the latest of them at a time.</summary>
    public static void Given(Session session, long time, long tokens) => session.Execute(
        "UPDATE tsa_clock SET latest = CASE WHEN latest < @time THEN @time ELSE latest END, tokens = tokens + @tokens WHERE id = 1", new { time, tokens });
}
