using System.Globalization;
using System.Text;
using Hufu.Agent.Web;
using Hufu.Contracts;

namespace Hufu.Agent.Statements;

// The order of checks; the first that fails is the refusal:
//   1 the text is a canonical statement of a kind that the agent knows
//   2 an act: one that this agent has words for; names this container's certificate; its time is near this machine's; the payload is the one it speaks of
//   3 a sign-in challenge: made for the origin of the page that asks, and just now

/// <summary>A text that may be signed, and what it means in words.</summary>
/// <param name="Text">The canonical text.</param>
/// <param name="Words">For the person who signs, without control characters.</param>
internal sealed record Statement(string Text, IReadOnlyList<string> Words)
{
    private const string AcceptanceTitle = "HUFU-ACCEPT 1\n";
    private const string RevocationTitle = "HUFU-REVOKE 1\n";
    private const string RekeyTitle = "HUFU-REKEY 1\n";
    private const int TextLimit = 2048;
    private const int PayloadLimit = 128 * 1024;
    private const int PayloadShown = 1500;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>Reads a text that a page wants signed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="payload">An act's payload.</param>
    /// <param name="origin">The page's origin.</param>
    /// <param name="person">SM3 (hex) of the certificate whose key is to sign; null for a container without one.</param>
    /// <param name="now">This machine's clock.</param>
    /// <exception cref="AgentRefusedException">NoStatement, OtherOrigin, OtherPerson, PayloadOther, StatementStale, CertificateMissing.</exception>
    public static Statement Read(string text, string? payload, string origin, string? person, DateTimeOffset now)
    {
        if (text.Length > TextLimit)
        {
            throw new AgentRefusedException(AgentRefusal.NoStatement, "It is too long.");
        }

        if (ActStatement.TryParse(text, out var act))
        {
            return OfAct(text, act, payload, person, now);
        }

        if (SignInChallenge.TryParse(text, out var challenge))
        {
            return OfChallenge(text, challenge, origin, person, now);
        }

        if (Fields(text, AcceptanceTitle, "application", "serial") is [var application, var serial])
        {
            return new Statement(text, [$"接受证书：申请 {application}，签名证书序列号 {serial}", "Accept the certificates of this application."]);
        }

        if (Fields(text, RekeyTitle, "serial", "request") is [var replaced, var request])
        {
            return new Statement(text, [$"用原密钥为新密钥作证：序列号 {replaced}，新证书请求摘要 {request}", "The old key vouches for a new one."]);
        }

        if (Fields(text, RevocationTitle, "serial", "reason", "at") is [var revoked, var reason, var time])
        {
            return !DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) || (now - at).Duration() > Window
                ? throw new AgentRefusedException(AgentRefusal.StatementStale, time)
                : new Statement(text, [$"撤销证书：序列号 {revoked}，原因 {reason}", "！撤销不能恢复。Revocation cannot be undone."]);
        }

        throw new AgentRefusedException(AgentRefusal.NoStatement);
    }

    private static Statement OfAct(string text, ActStatement act, string? payload, string? person, DateTimeOffset now)
    {
        var title = ActTitles.Of(act.Act) ?? throw new AgentRefusedException(AgentRefusal.NoStatement, $"This agent has no words for the act '{Printable(act.Act)}'; a newer agent may.");
        if (person is null)
        {
            throw new AgentRefusedException(AgentRefusal.CertificateMissing);
        }

        if (act.Person != person)
        {
            throw new AgentRefusedException(AgentRefusal.OtherPerson);
        }

        // A statement for later is a blank cheque.
        if ((now - act.Time).Duration() > Window)
        {
            throw new AgentRefusedException(AgentRefusal.StatementStale, $"{act.Time:u}");
        }

        if (payload is null || payload.Length > PayloadLimit || ActStatement.Digest(Encoding.UTF8.GetBytes(payload)) != act.PayloadDigest)
        {
            throw new AgentRefusedException(AgentRefusal.PayloadOther);
        }

        var state = act.State == "-" ? "" : $"，状态 {Printable(act.State)}";
        return new Statement(text, [$"操作：{title}（{act.Act}）", $"系统 {Printable(act.Room)}，对象 {Printable(act.Object)}{state}", $"内容：{Shown(payload)}", $"时间 {act.Time.ToOffset(TimeSpan.FromHours(8)):yyyy-MM-dd HH:mm:ss}（北京）"]);
    }

    private static Statement OfChallenge(string text, SignInChallenge challenge, string origin, string? person, DateTimeOffset now)
    {
        if (challenge.Origin != origin)
        {
            throw new AgentRefusedException(AgentRefusal.OtherOrigin, $"It is for {Printable(challenge.Origin)}, the page is {Printable(origin)}.");
        }

        if ((now - challenge.Time).Duration() > Window)
        {
            throw new AgentRefusedException(AgentRefusal.StatementStale, $"{challenge.Time:u}");
        }

        return person is null
            ? throw new AgentRefusedException(AgentRefusal.CertificateMissing)
            : new Statement(text, [$"登录：{Printable(challenge.Room)}，网站 {Printable(challenge.Origin)}", "Sign in at this site."]);
    }

    // Exactly the title and the named lines, each ended by a line feed, with printable values.
    private static string[]? Fields(string text, string title, params string[] names)
    {
        if (!text.StartsWith(title, StringComparison.Ordinal))
        {
            return null;
        }

        var lines = text[title.Length..].Split('\n');
        if (lines.Length != names.Length + 1 || lines[^1].Length != 0)
        {
            return null;
        }

        var values = new string[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            var prefix = names[i] + ": ";
            if (!lines[i].StartsWith(prefix, StringComparison.Ordinal))
            {
                return null;
            }

            values[i] = lines[i][prefix.Length..];
            if (values[i].Length is 0 or > 200 || values[i].Trim() != values[i] || Printable(values[i]) != values[i])
            {
                return null;
            }
        }

        return values;
    }

    private static string Shown(string payload) => Printable(payload.Length <= PayloadShown ? payload : payload[..PayloadShown] + $"…（共 {payload.Length} 字）");

    /// <summary>Nothing that a terminal would obey, and nothing that hides or turns what stands beside it.</summary>
    public static string Printable(string text) => string.Concat(text.EnumerateRunes().Select(static letter =>
        Rune.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? "·" : letter.ToString()));
}
