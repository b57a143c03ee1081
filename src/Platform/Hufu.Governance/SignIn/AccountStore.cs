using Hufu.Records;

namespace Hufu.Governance;

/// <summary>The SQL of accounts, sessions and challenges.</summary>
internal static class AccountStore
{
    public sealed record AccountRow(string PersonId, string UserName, byte[] Salt, byte[] Verifier, long Iterations, long SetAt, long Failures, long? LockedAt, long? ClosedAt)
    {
        public PasswordVerifier Password => new(Salt, Verifier, (int)Iterations);
    }

    public sealed record SessionRow(string Digest, string PersonId, string Certificate, long MadeAt, long SeenAt);

    private sealed record PasswordRow(byte[] Salt, byte[] Verifier, long Iterations);

    public static AccountRow? Of(Session session, string personId) => session.QueryFirst<AccountRow>(
        "SELECT person_id, user_name, salt, verifier, iterations, set_at, failures, locked_at, closed_at FROM staff_accounts WHERE person_id = @personId", new { personId });

    public static string? PersonOf(Session session, string userName) =>
        session.QueryFirst<string>("SELECT person_id FROM staff_accounts WHERE user_name = @userName", new { userName });

    public static void Open(Session session, string personId, string userName, PasswordVerifier password, long now) => session.Execute(
        """
        INSERT INTO staff_accounts (person_id, user_name, salt, verifier, iterations, set_at) VALUES (@personId, @userName, @Salt, @Value, @Iterations, @now)
        ON CONFLICT (person_id) DO UPDATE SET user_name = excluded.user_name, salt = excluded.salt, verifier = excluded.verifier, iterations = excluded.iterations, set_at = excluded.set_at,
          failures = 0, locked_at = NULL, closed_at = NULL
        """,
        new { personId, userName, password.Salt, password.Value, password.Iterations, now });

    /// <summary>Puts the present password among the earlier ones and sets a new one.</summary>
    public static void Change(Session session, AccountRow account, PasswordVerifier password, long now, int kept)
    {
        Keep(session, account, kept);
        session.Execute(
            "UPDATE staff_accounts SET salt = @Salt, verifier = @Value, iterations = @Iterations, set_at = @now WHERE person_id = @PersonId",
            new { account.PersonId, password.Salt, password.Value, password.Iterations, now });
    }

    /// <summary>Puts the present password among the earlier ones.</summary>
    public static void Keep(Session session, AccountRow account, int kept)
    {
        session.Execute(
            "INSERT INTO staff_passwords (person_id, set_at, salt, verifier, iterations) VALUES (@PersonId, @SetAt, @Salt, @Verifier, @Iterations) ON CONFLICT (person_id, set_at) DO NOTHING",
            new { account.PersonId, account.SetAt, account.Salt, account.Verifier, account.Iterations });
        session.Execute(
            "DELETE FROM staff_passwords WHERE person_id = @PersonId AND set_at NOT IN (SELECT set_at FROM staff_passwords WHERE person_id = @PersonId ORDER BY set_at DESC LIMIT @kept)",
            new { account.PersonId, kept });
    }

    public static IReadOnlyList<PasswordVerifier> Earlier(Session session, string personId) =>
    [
        .. session.Query<PasswordRow>("SELECT salt, verifier, iterations FROM staff_passwords WHERE person_id = @personId ORDER BY set_at DESC", new { personId })
            .Select(row => new PasswordVerifier(row.Salt, row.Verifier, (int)row.Iterations)),
    ];

    public static void Failed(Session session, string personId, bool locks, long now) => session.Execute(
        "UPDATE staff_accounts SET failures = failures + 1, locked_at = CASE WHEN @locks = 1 THEN @now ELSE locked_at END WHERE person_id = @personId", new { personId, locks = locks ? 1 : 0, now });

    public static void Succeeded(Session session, string personId) => session.Execute("UPDATE staff_accounts SET failures = 0 WHERE person_id = @personId", new { personId });

    public static void Unlock(Session session, string personId) => session.Execute("UPDATE staff_accounts SET failures = 0, locked_at = NULL WHERE person_id = @personId", new { personId });

    public static void Close(Session session, string personId, long now) => session.Execute("UPDATE staff_accounts SET closed_at = @now WHERE person_id = @personId", new { personId, now });

    public static byte[] ChallengeKey(Session session, byte[] fresh)
    {
        session.Execute("INSERT INTO staff_challenge_key (number, secret) VALUES (1, @fresh) ON CONFLICT (number) DO NOTHING", new { fresh });
        return session.QueryFirst<byte[]>("SELECT secret FROM staff_challenge_key WHERE number = 1")!;
    }

    public static bool IsUsed(Session session, string nonce) => session.Scalar<long>("SELECT count(*) FROM staff_challenges_used WHERE nonce = @nonce", new { nonce }) > 0;

    public static void Use(Session session, string nonce, long expires, long now)
    {
        session.Execute("DELETE FROM staff_challenges_used WHERE expires < @now", new { now });
        session.Execute("INSERT INTO staff_challenges_used (nonce, expires) VALUES (@nonce, @expires) ON CONFLICT (nonce) DO NOTHING", new { nonce, expires });
    }

    public static void AddSession(Session session, SessionRow row) => session.Execute(
        "INSERT INTO staff_sessions (digest, person_id, certificate, made_at, seen_at) VALUES (@Digest, @PersonId, @Certificate, @MadeAt, @SeenAt)", row);

    public static SessionRow? FindSession(Session session, string digest) => session.QueryFirst<SessionRow>(
        "SELECT digest, person_id, certificate, made_at, seen_at FROM staff_sessions WHERE digest = @digest", new { digest });

    public static void Seen(Session session, string digest, long now) => session.Execute("UPDATE staff_sessions SET seen_at = @now WHERE digest = @digest AND seen_at < @now", new { digest, now });

    public static bool EndSession(Session session, string digest) => session.Execute("DELETE FROM staff_sessions WHERE digest = @digest", new { digest }) > 0;

    public static void EndSessionsOf(Session session, string personId) => session.Execute("DELETE FROM staff_sessions WHERE person_id = @personId", new { personId });
}
