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

    public static bool HasDone(Session session, string @object, string act, string personId) =>
        session.Scalar<long>("SELECT count(*) FROM acts_done WHERE object = @object AND act = @act AND person_id = @personId", new { @object, act, personId }) > 0;
}
