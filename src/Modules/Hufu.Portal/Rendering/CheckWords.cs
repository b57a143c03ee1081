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
            ("([0-9]+) for (.+)", "saidWaitingFor"), ("([0-9]+) bytes behind", "saidBehind"), ("CRL ([0-9]+), ([0-9]+) entries, good until (.+)", "saidCrlEntries"), ("CRL ([0-9]+), good until (.+)", "saidCrl"),
            ("no CRL yet", "saidNoCrl"), ("all settled", "saidSettled"), ("([0-9]+) wait for the key centre", "saidWaitKeys"), ("([0-9]+) spare, ([0-9]+) in use, ([0-9]+) in history", "saidStores"), ("In time\\.", "saidInTime"),
            ("The recovery drill is due\\.", "saidDrillDue"), ("Not restored, or reconciled\\.?", "saidReconciled"), ("no notice waits longer than it may", "saidNotices"), ("letters are printed", "saidLetters"),
            ("no scanner is configured: papers are not scanned", "saidNoScanner"), ("no revocation is past its deadline", "saidNoLateCase"), ("no application is past its deadline", "saidNoLateApplication"),
            ("([0-9]+) applications are past their deadline", "saidLateApplications"), ("([0-9]+) revocations or suspensions are past their deadline", "saidLateCases"), ("([0-9]+) tokens so far", "saidTokens"),
            ("last word of the CA (-?[0-9]+) minutes ago", "saidHeard"), ("([0-9]+) serials, ([0-9]+) revoked, ([0-9]+) bytes", "saidSerials"), ("the system says that nothing keeps its clock in step", "saidNoClock"), ("activated by its operator", "saidActivated"), ("no answer in time", "saidNoAnswer"),
        }.Select(known => (new Regex($"^{known.Item1}$", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking), known.Item2)),
    ];

    /// <summary>What the check says.</summary>
    public static string Say(Words words, RoomCheck check) => Say(words, check.What);

    /// <summary>What was said, in the language of the page.</summary>
    public static string Say(Words words, string what)
    {
        foreach (var (said, word) in Known)
        {
            if (said.Match(what) is { Success: true } match)
            {
                return words.Format(word, [.. match.Groups.Values.Skip(1).Select(group => (object)group.Value)]);
            }
        }

        return what;
    }

    /// <summary>What the check is called.</summary>
    public static string Name(Words words, string name) =>
        words.Has("check_" + name) ? words["check_" + name]
        : name.StartsWith("heard-", StringComparison.Ordinal) ? words.Format("checkHeard", name["heard-".Length..])
        : name.StartsWith("directory-", StringComparison.Ordinal) ? words.Format("checkDirectory", name["directory-".Length..])
        : name.StartsWith("log-", StringComparison.Ordinal) ? words.Format("checkLog", name["log-".Length..])
        : name;
}
