using Hufu.Records;

namespace Hufu.Ca.Issuing;

/// <summary>Where an intent stands; see docs/issuing.md.</summary>
internal static class IntentState
{
    /// <summary>Committed (step 3); nothing written yet.</summary>
    public const string Open = "open";

    /// <summary>TBS bytes linted and in the ledger (step 7).</summary>
    public const string Written = "written";

    /// <summary>Certificates stored (step 10).</summary>
    public const string Done = "done";

    /// <summary>Ended without a certificate; the serials are burnt.</summary>
    public const string Failed = "failed";
}

/// <summary>A row of ca_intents: what was decided to issue, committed before anything is signed (R10).</summary>
/// <param name="Number">Counts up; also the task number towards the key centre.</param>
/// <param name="Application">The application's number at the RA.</param>
/// <param name="Requester">The room that ordered.</param>
/// <param name="OrderDigest">SM3 of the order, hex: what a repeated order is known by (R03).</param>
/// <param name="Profile">The profile's id.</param>
/// <param name="Holder">The holder's identifier, hex.</param>
/// <param name="OrderSealed">The order, sealed under the device; null once closed.</param>
/// <param name="SignSerial">Serial of the signing certificate, hex.</param>
/// <param name="EncSerial">Serial of the encryption certificate, hex; null for a single one.</param>
/// <param name="NotBefore">Unix milliseconds UTC.</param>
/// <param name="NotAfter">Unix milliseconds UTC, counted in.</param>
/// <param name="AskedFrom">notBefore as told to the key centre; never changes.</param>
/// <param name="AskedTo">notAfter as told to the key centre; never changes.</param>
/// <param name="State">See <see cref="IntentState"/>.</param>
/// <param name="SignTbs">TBS bytes as linted; from step 7 on.</param>
/// <param name="EncTbs">TBS bytes as linted; from step 7 on.</param>
/// <param name="EnvelopedKey">SM2EnvelopedKey, DER; from step 7 on.</param>
/// <param name="Failure">Why it failed, in words.</param>
/// <param name="Tries">How often it was taken up.</param>
/// <param name="OpenedAt">Unix milliseconds UTC.</param>
/// <param name="Issuer">The CA's name.</param>
/// <param name="Part">The part of its partitioned CRL; 0 for none.</param>
/// <param name="History">Old encryption keys of a renewal, JSON; from step 7 on; null where there are none.</param>
internal sealed record Intent(
    long Number, string Application, string Requester, string OrderDigest, string Profile, string Holder, byte[]? OrderSealed, string SignSerial, string? EncSerial,
    long NotBefore, long NotAfter, long AskedFrom, long AskedTo, string State, byte[]? SignTbs, byte[]? EncTbs, byte[]? EnvelopedKey, string? Failure, long Tries, long OpenedAt, string Issuer, long Part,
    byte[]? History = null)
{
    public DateTimeOffset ValidFrom => DateTimeOffset.FromUnixTimeMilliseconds(NotBefore);

    public DateTimeOffset ValidTo => DateTimeOffset.FromUnixTimeMilliseconds(NotAfter);
}

/// <summary>Tables: ca_intents.</summary>
internal static class IntentStore
{
    private const string Columns = """
        number, application, requester, order_digest, profile, holder, order_sealed, sign_serial, enc_serial,
        not_before, not_after, asked_from, asked_to, state, sign_tbs, enc_tbs, enveloped_key, failure, tries, opened_at, issuer, part, history
        """;

    public static Intent? OfApplication(Session session, string requester, string application) =>
        session.QueryFirst<Intent>($"SELECT {Columns} FROM ca_intents WHERE requester = @requester AND application = @application AND state <> 'failed'", new { requester, application });

    public static Intent? Find(Session session, long number) => session.QueryFirst<Intent>($"SELECT {Columns} FROM ca_intents WHERE number = @number", new { number });

    /// <summary>Numbers of intents without a result, oldest first.</summary>
    public static IReadOnlyList<long> Unsettled(Session session, int limit) =>
        session.Query<long>("SELECT number FROM ca_intents WHERE state = 'open' OR state = 'written' ORDER BY number LIMIT @limit", new { limit });

    public static long CountUnsettled(Session session) => session.Scalar<long>("SELECT count(*) FROM ca_intents WHERE state = 'open' OR state = 'written'");

    /// <summary>Step 3. The unique indexes decide last: a second intent of the same application fails.</summary>
    public static long Insert(Session session, NewIntent intent) => session.Scalar<long>(
        """
        INSERT INTO ca_intents (application, requester, order_digest, profile, holder, order_sealed, sign_serial, enc_serial, not_before, not_after, asked_from, asked_to, claimed_key, claimed_name, state, tries, opened_at, issuer, part)
        VALUES (@Application, @Requester, @OrderDigest, @Profile, @Holder, @OrderSealed, @SignSerial, @EncSerial, @NotBefore, @NotAfter, @NotBefore, @NotAfter, @ClaimedKey, @ClaimedName, 'open', 0, @OpenedAt, @Issuer, @Part)
        RETURNING number
        """,
        intent);

    /// <summary>An open intent taken up later is dated anew (R04); a written one never is.</summary>
    public static bool Redate(Session session, long number, long notBefore, long notAfter, string issuer) =>
        session.Execute("UPDATE ca_intents SET not_before = @notBefore, not_after = @notAfter, issuer = @issuer WHERE number = @number AND state = 'open'", new { number, notBefore, notAfter, issuer }) == 1;

    public static void CountTry(Session session, long number) => session.Execute("UPDATE ca_intents SET tries = tries + 1 WHERE number = @number", new { number });

    /// <summary>Step 7.</summary>
    public static bool Write(Session session, long number, byte[] signTbs, byte[]? encTbs, byte[]? envelopedKey, byte[]? history, long ledgerEntry) =>
        session.Execute(
            """
            UPDATE ca_intents SET state = 'written', sign_tbs = @signTbs, enc_tbs = @encTbs, enveloped_key = @envelopedKey, history = @history, ledger_entry = @ledgerEntry
            WHERE number = @number AND state = 'open'
            """,
            new { number, signTbs, encTbs, envelopedKey, history, ledgerEntry }) == 1;

    /// <summary>Step 10: the order with its personal data is erased; the enveloped key stays for a repeated reply.</summary>
    public static bool Close(Session session, long number, long now) =>
        session.Execute(
            """
            UPDATE ca_intents SET state = 'done', order_sealed = NULL, sign_tbs = NULL, enc_tbs = NULL, closed_at = @now
            WHERE number = @number AND state = 'written'
            """,
            new { number, now }) == 1;

    /// <summary>Ends an intent without a certificate and gives back what it alone had claimed.</summary>
    public static bool Fail(Session session, long number, string failure, long now)
    {
        session.Execute("DELETE FROM ca_keys WHERE blocked IS NULL AND spki_digest = (SELECT claimed_key FROM ca_intents WHERE number = @number)", new { number });
        session.Execute("DELETE FROM ca_subjects WHERE subject_digest = (SELECT claimed_name FROM ca_intents WHERE number = @number)", new { number });
        return session.Execute(
            """
            UPDATE ca_intents SET state = 'failed', order_sealed = NULL, sign_tbs = NULL, enc_tbs = NULL, enveloped_key = NULL, history = NULL, failure = @failure, closed_at = @now
            WHERE number = @number AND (state = 'open' OR state = 'written')
            """,
            new { number, failure, now }) == 1;
    }
}

/// <summary>What step 3 commits.</summary>
internal sealed record NewIntent(
    string Application, string Requester, string OrderDigest, string Profile, string Holder, byte[] OrderSealed, string SignSerial, string? EncSerial, long NotBefore, long NotAfter,
    string? ClaimedKey, string? ClaimedName, long OpenedAt, string Issuer, long Part)
{
    /// <summary>The intent as it stands once it has its number.</summary>
    public Intent Opened(long number) => new(
        number, Application, Requester, OrderDigest, Profile, Holder, OrderSealed, SignSerial, EncSerial, NotBefore, NotAfter, NotBefore, NotAfter, IntentState.Open, null, null, null, null, 0, OpenedAt, Issuer, Part);
}
