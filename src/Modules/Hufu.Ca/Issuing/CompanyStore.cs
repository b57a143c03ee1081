using Hufu.Ca.Certificates;
using Hufu.Records;

namespace Hufu.Ca.Issuing;

/// <summary>Tables: ca_intents, ca_keys, ca_subjects, ca_certificates, for many orders in one statement each.</summary>
internal static class CompanyStore
{
    private const string ClaimKeys = "INSERT INTO ca_keys (spki_digest, holder, use, first_at) VALUES (@Digest, @Holder, @Use, @At)";

    private const string KnownClaims =
        """
        SELECT 'key' AS kind, spki_digest AS digest, holder, use, blocked FROM ca_keys WHERE spki_digest IN @keys
        UNION ALL SELECT 'name', subject_digest, holder, '', NULL FROM ca_subjects WHERE subject_digest IN @names
        """;

    // In one way there and back with what is claimed.
    private const string KnownClaimsAndOrders =
        $"""
        {KnownClaims}
        UNION ALL SELECT 'application', application, '', '', NULL FROM ca_intents WHERE requester = @requester AND application IN @applications AND state <> 'failed'
        """;

    /// <summary>
    /// Step 3: claims keys and names and inserts the intents. An order whose application has an intent already, whose key is known, whose name is another holder's, or who meets another of the company in either, is left out.
    /// </summary>
    /// <returns>The intents' numbers, by the signing certificate's serial.</returns>
    public static Dictionary<string, long> Reserve(Session session, IReadOnlyList<IssuingTask> tasks, long now)
    {
        string[] keys = [.. tasks.Select(task => task.Decided!.SpkiDigest)], names = [.. tasks.Select(task => task.Decided!.SubjectDigest).Distinct()];
        string[] applications = [.. tasks.Select(task => task.Order.Application)];
        var (claimed, holders, known) = Sorted(session.Query<ClaimRow>(KnownClaimsAndOrders, new { keys, names, requester = tasks[0].Requester, applications }));
        var knownKeys = claimed.Keys.ToHashSet(StringComparer.Ordinal);
        List<ClaimedKey> newKeys = [];
        List<ClaimedName> newNames = [];
        List<NewIntent> intents = [];
        foreach (var task in tasks)
        {
            var decided = task.Decided!;
            if (known.Contains(task.Order.Application))
            {
                continue;
            }

            if (holders.TryGetValue(decided.SubjectDigest, out var holder) ? holder != decided.Holder : !holders.TryAdd(decided.SubjectDigest, decided.Holder))
            {
                continue;
            }

            if (!knownKeys.Add(decided.SpkiDigest))
            {
                continue;
            }

            var first = holder is null;
            newKeys.Add(new ClaimedKey(decided.SpkiDigest, decided.Holder, CertificateUse.Signing, now));
            if (first)
            {
                newNames.Add(new ClaimedName(decided.SubjectDigest, decided.Holder, decided.Subject.ToString(), now));
            }

            intents.Add(task.Fresh! with { ClaimedKey = decided.SpkiDigest, ClaimedName = first ? decided.SubjectDigest : null });
        }

        session.SendMany(ClaimKeys, newKeys);
        session.SendMany("INSERT INTO ca_subjects (subject_digest, holder, subject, first_at) VALUES (@Digest, @Holder, @Subject, @At)", newNames);
        session.SendMany(
            """
            INSERT INTO ca_intents (application, requester, order_digest, profile, holder, order_sealed, sign_serial, enc_serial, not_before, not_after, asked_from, asked_to, claimed_key, claimed_name, state, tries, opened_at, issuer, part)
            VALUES (@Application, @Requester, @OrderDigest, @Profile, @Holder, @OrderSealed, @SignSerial, @EncSerial, @NotBefore, @NotAfter, @NotBefore, @NotAfter, @ClaimedKey, @ClaimedName, 'open', 0, @OpenedAt, @Issuer, @Part)
            """,
            intents);
        string[] serials = [.. intents.Select(intent => intent.SignSerial)];
        return session.Query<NumberRow>("SELECT sign_serial, number FROM ca_intents WHERE sign_serial IN @serials", new { serials })
            .ToDictionary(row => row.SignSerial, row => row.Number, StringComparer.Ordinal);
    }

    /// <summary>Step 7: the encryption keys claimed, the linted bytes kept. The insert never inserts: its serial is the intent's.</summary>
    /// <exception cref="CompanyBrokenException">An intent is not open any more.</exception>
    /// <exception cref="DatabaseException">UniqueViolation: a key is known.</exception>
    public static void Write(Session session, IReadOnlyList<IssuingTask> tasks, long[] entries, long now)
    {
        List<ClaimedKey> keys = [.. tasks.Where(task => task.Pair is not null).Select(
            task => new ClaimedKey(Hufu.Contracts.ActStatement.Digest(task.Pair!.PublicKey.RawData.Span), task.Decided!.Holder, CertificateUse.Encryption, now))];
        session.SendMany(ClaimKeys, keys);
        List<WrittenRow> rows = [.. tasks.Select((task, i) => new WrittenRow(
            task.Intent!.Application, task.Intent.Requester, task.Intent.SignSerial, task.Intent.SignTbs!, task.Intent.EncTbs, task.Intent.EnvelopedKey, entries[i]))];
        Demand(
            session.ExecuteMany(
                """
                INSERT INTO ca_intents (application, requester, order_digest, profile, holder, sign_serial, not_before, not_after, asked_from, asked_to, state, tries, opened_at, issuer, part, sign_tbs, enc_tbs, enveloped_key, ledger_entry)
                VALUES (@Application, @Requester, '', '', '', @SignSerial, 0, 0, 0, 0, 'failed', 0, 0, '', 0, @SignTbs, @EncTbs, @EnvelopedKey, @LedgerEntry)
                ON CONFLICT (sign_serial) DO UPDATE SET state = 'written', sign_tbs = excluded.sign_tbs, enc_tbs = excluded.enc_tbs, enveloped_key = excluded.enveloped_key, ledger_entry = excluded.ledger_entry
                WHERE ca_intents.state = 'open'
                """,
                rows),
            rows.Count);
    }

    /// <summary>Step 10. Claimed in steps 3 and 7; looked at again here, so that a certificate never stands without its claims, whatever another intent gave back in between.</summary>
    /// <exception cref="CompanyBrokenException">A claim is gone.</exception>
    public static void Store(Session session, List<CertificateRow> rows, long now)
    {
        string[] keys = [.. rows.Select(row => row.SpkiDigest)], names = [.. rows.Select(row => row.SubjectDigest).Distinct()];
        var (claimed, holders, _) = Sorted(session.Query<ClaimRow>(KnownClaims, new { keys, names }));
        if (!rows.TrueForAll(row => claimed.TryGetValue(row.SpkiDigest, out var key) && key.Blocked is null && key.Holder == row.Holder && key.Use == row.Kind
            && holders.TryGetValue(row.SubjectDigest, out var holder) && holder == row.Holder))
        {
            throw new CompanyBrokenException("A key or a name is not claimed any more.");
        }

        session.SendMany(CertificateStore.InsertOne, rows);
    }

    /// <summary>Step 10: the orders with their personal data are erased.</summary>
    /// <exception cref="CompanyBrokenException">An intent is not written any more.</exception>
    public static void Close(Session session, long[] numbers, long now) => Demand(
        session.Execute(
            "UPDATE ca_intents SET state = 'done', order_sealed = NULL, sign_tbs = NULL, enc_tbs = NULL, closed_at = @now WHERE number IN @numbers AND state = 'written'", new { numbers, now }),
        numbers.Length);

    private static (Dictionary<string, ClaimRow> Keys, Dictionary<string, string> Holders, HashSet<string> Applications) Sorted(IReadOnlyList<ClaimRow> rows) => (
        rows.Where(static row => row.Kind == "key").ToDictionary(static row => row.Digest, StringComparer.Ordinal),
        rows.Where(static row => row.Kind == "name").ToDictionary(static row => row.Digest, static row => row.Holder, StringComparer.Ordinal),
        rows.Where(static row => row.Kind == "application").Select(static row => row.Digest).ToHashSet(StringComparer.Ordinal));

    private static void Demand(int changed, int expected)
    {
        if (changed != expected)
        {
            throw new CompanyBrokenException($"{changed} of {expected} rows.");
        }
    }

    private sealed record ClaimedKey(string Digest, string Holder, string Use, long At);

    private sealed record ClaimedName(string Digest, string Holder, string Subject, long At);

    private sealed class ClaimRow
    {
        public string Kind { get; set; } = "";

        public string Digest { get; set; } = "";

        public string Holder { get; set; } = "";

        public string Use { get; set; } = "";

        public string? Blocked { get; set; }
    }

    private sealed record NumberRow(string SignSerial, long Number);

    private sealed record WrittenRow(string Application, string Requester, string SignSerial, byte[] SignTbs, byte[]? EncTbs, byte[]? EnvelopedKey, long LedgerEntry);
}
