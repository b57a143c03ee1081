using Hufu.Contracts;
using Hufu.Records;

namespace Hufu.Governance;

/// <summary>The SQL of used statements and of who did what.</summary>
internal static class ActStore
{
    public static bool IsUsed(Session session, string person, string nonce) =>
        session.Scalar<long>("SELECT count(*) FROM acts_nonces WHERE person = @person AND nonce = @nonce", new { person, nonce }) > 0;

    public static void Use(Session session, string person, string nonce, long expires, long now)
    {
        session.Execute("DELETE FROM acts_nonces WHERE expires < @now", new { now });
        session.Execute("INSERT INTO acts_nonces (person, nonce, expires) VALUES (@person, @nonce, @expires) ON CONFLICT (person, nonce) DO NOTHING", new { person, nonce, expires });
    }

    public static void AddDone(Session session, string @object, string act, string personId, long at) =>
        session.Execute(
            "INSERT INTO acts_done (object, act, person_id, at) VALUES (@object, @act, @personId, @at) ON CONFLICT (object, act, person_id) DO UPDATE SET at = excluded.at",
            new { @object, act, personId, at });

    /// <summary>Whether anybody has done an act on an object.</summary>
    public static bool WasDone(Session session, string @object, string act) =>
        session.Scalar<long>("SELECT count(*) FROM acts_done WHERE object = @object AND act = @act", new { @object, act }) > 0;

    /// <summary>What a person has done on an object.</summary>
    public static IReadOnlyList<string> HandsIn(Session session, string @object, string personId) =>
        session.Query<string>("SELECT act FROM acts_done WHERE object = @object AND person_id = @personId", new { @object, personId });

    /// <summary>Remembers how late it is, to the minute.</summary>
    public static void NoteClock(Session session, long now) =>
        session.Execute(
            "INSERT INTO acts_clock (number, latest) VALUES (1, @now) ON CONFLICT (number) DO UPDATE SET latest = excluded.latest WHERE excluded.latest > acts_clock.latest + 60000", new { now });

    /// <summary>Refuses while the clock is behind the latest act by more than a bound: statements that were used long ago must not become fresh again.</summary>
    public static void DemandClock(Session session, DateTimeOffset now, TimeSpan bound)
    {
        var latest = session.Scalar<long>("SELECT coalesce(max(latest), 0) FROM acts_clock");
        if (now.ToUnixTimeMilliseconds() < latest - (long)bound.TotalMilliseconds)
        {
            throw new RefusedException(RefusalCode.ClockBehind, $"The clock says {now:yyyy-MM-dd'T'HH:mm:ss'Z'}; an act was done at {DateTimeOffset.FromUnixTimeMilliseconds(latest):yyyy-MM-dd'T'HH:mm:ss'Z'}.");
        }
    }
}
