using System.Text.RegularExpressions;
using Hufu.Hosting;

namespace Hufu.Portal.Rendering;

/// <summary>What a room says of its health, in the language of the page. Rooms speak English; a sentence that is not known here stays as it came.</summary>
internal static class CheckWords
{
    private static readonly (Regex Said, string Word)[] Known =
    [
        .. new (string, string)[]
        {
            ("answers", "saidAnswers"), ("empty", "saidEmpty"), ("none", "saidNone"), ("not yet", "saidNotYet"), ("expired", "saidExpired"), ("([0-9]+) records", "saidRecords"), ("(-?[0-9]+) days left", "saidDaysLeft"),
            ("([0-9]+) for ([a-z-]+)", "saidWaitingFor"), ("([0-9]+) bytes behind", "saidBehind"), ("CRL ([0-9]+), ([0-9]+) entries, good until (.+)", "saidCrlEntries"), ("CRL ([0-9]+), good until (.+)", "saidCrl"),
            ("no CRL yet", "saidNoCrl"), ("all settled", "saidSettled"), ("([0-9]+) wait for the key centre", "saidWaitKeys"), ("([0-9]+) spare, ([0-9]+) in use, ([0-9]+) in history", "saidStores"), ("In time\\.", "saidInTime"),
            ("The recovery drill is due\\.", "saidDrillDue"), ("Not restored, or reconciled\\.?", "saidReconciled"), ("no notice waits longer than it may", "saidNotices"), ("letters are printed", "saidLetters"),
            ("no scanner is configured: papers are not scanned", "saidNoScanner"), ("no revocation is past its deadline", "saidNoLateCase"), ("no application is past its deadline", "saidNoLateApplication"),
            ("([0-9]+) applications are past their deadline", "saidLateApplications"), ("([0-9]+) revocations or suspensions are past their deadline", "saidLateCases"), ("([0-9]+) tokens so far", "saidTokens"),
            ("last word of the CA (-?[0-9]+) minutes ago", "saidHeard"), ("([0-9]+) serials, ([0-9]+) revoked, ([0-9]+) bytes", "saidSerials"), ("the system says that nothing keeps its clock in step", "saidNoClock"), ("activated by its operator", "saidActivated"), ("no answer in time", "saidNoAnswer"),
            ("every refusal reached its applicant in time", "saidRefusalsTold"), ("([0-9]+) refusals have not reached their applicants in time \\(6\\.2\\.2\\.2-b\\): tell them by telephone", "saidRefusalsUntold"),
            ("no payment waits for people", "saidNoPayment"), ("the system does not tell whether its clock is kept in step", "saidClockUntold"), ("adjtimex is not allowed here", "saidClockUntold"),
            ("kept in step by the system, at most (-?[0-9]+) ms off", "saidClockKept"), ("no server answers", "saidNoServer"), ("([^ ]+) ([+-][0-9.]+) ms", "saidServerOff"), ("([0-9]+) payments were made twice or could not be given back: settle them with the gateway", "saidPayments"),
            ("([0-9]+) notices could not be sent in time; is the mail server reached\\?", "saidNoticesLate"), ("no Chinese font is installed: letters are printed without Chinese characters", "saidNoFont"),
            ("waits for its operator: hufu activate (.+)", "saidNotActivated"), ("restored from a backup and not reconciled: .+", "saidNotReconciled"), ("the audit files cannot be written; acts are refused\\.", "saidNoAuditFiles"),
            ("the database is older than what was in use; every answer is tryLater\\. Run: hufu reconcile", "saidIndexOld"), ("([0-9]+) ms behind the latest token", "saidClockBehind"),
            ("holds every key", "saidBackupWhole"), ("no backup holds the key of (.+)", "saidBackupLacks"),
            ("([0-9]+) waiting, ([0-9]+) refused", "saidDirectory"), ("([0-9]+) waiting, the oldest for ([0-9]+) minutes, ([0-9]+) refused", "saidDirectoryWaits"),
        }.Select(known => (new Regex($"^{known.Item1}$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking), known.Item2)),
    ];

    /// <summary>What the check says; moments in UTC as the platform's time zone has them.</summary>
    public static string Say(PageContext page, RoomCheck check) => Say(page.Words, Utc.Replace(check.What, found =>
        DateTimeOffset.TryParse(found.Value, System.Globalization.CultureInfo.InvariantCulture, out var moment) ? page.Moments.When(moment) : found.Value));

    private static readonly Regex Utc = new("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}Z", RegexOptions.NonBacktracking);

    /// <summary>What was said, in the language of the page.</summary>
    public static string Say(Words words, string what)
    {
        if (Find(words, what) is { } whole)
        {
            return whole;
        }

        // Several in one: each is said if all of them are known.
        foreach (var between in new[] { "; ", ", " })
        {
            var parts = what.Split(between).Select(part => between == "; " && part != what ? Say(words, part) : Find(words, part)).ToList();
            if (parts.Count > 1 && !parts.Contains(null))
            {
                return string.Join(words["comma"], parts);
            }
        }

        return what;
    }

    private static string? Find(Words words, string what) => Known.Select(known => (known.Word, Match: known.Said.Match(what))).FirstOrDefault(found => found.Match.Success) is { Word: { } word, Match: var match }
        ? words.Format(word, [.. match.Groups.Values.Skip(1).Select(group => (object)group.Value)])
        : null;

    /// <summary>What the check is called.</summary>
    public static string Name(Words words, string name) =>
        words.Has("check_" + name) ? words["check_" + name]
        : name.StartsWith("heard-", StringComparison.Ordinal) ? words.Format("checkHeard", name["heard-".Length..])
        : name.StartsWith("directory-", StringComparison.Ordinal) ? words.Format("checkDirectory", name["directory-".Length..])
        : name.StartsWith("log-", StringComparison.Ordinal) ? words.Format("checkLog", name["log-".Length..])
        : name;
}
