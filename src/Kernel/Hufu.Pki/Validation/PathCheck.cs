namespace Hufu.Pki;

/// <summary>How a check ended.</summary>
public enum CheckOutcome
{
    /// <summary>Checked and in order.</summary>
    Passed,

    /// <summary>Checked and not in order.</summary>
    Failed,

    /// <summary>Not checked: not asked for, or no evidence and none required.</summary>
    NotChecked,
}

/// <summary>One check with its outcome.</summary>
/// <param name="Name">What was checked: path, signature, validity, authority, extensions, purpose, revocation, content, time stamp.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it failed, otherwise <see cref="PathReason.None"/>.</param>
/// <param name="Certificate">About which certificate, or null.</param>
/// <param name="Sentence">The same for people, in English.</param>
public sealed record PathCheck(string Name, CheckOutcome Outcome, PathReason Reason, Certificate? Certificate, string Sentence)
{
    internal static PathCheck Pass(string name, Certificate? certificate, string sentence) => new(name, CheckOutcome.Passed, PathReason.None, certificate, sentence);

    internal static PathCheck Fail(string name, PathReason reason, Certificate? certificate, string sentence) => new(name, CheckOutcome.Failed, reason, certificate, sentence);

    internal static PathCheck Skip(string name, Certificate? certificate, string sentence) => new(name, CheckOutcome.NotChecked, PathReason.None, certificate, sentence);
}

/// <summary>The result of validating a path.</summary>
/// <param name="Path">From the certificate asked about to the anchor; the furthest path tried when none is good; empty when there is none.</param>
/// <param name="Checks">Every check in the order in which it was made.</param>
public sealed record PathVerdict(IReadOnlyList<Certificate> Path, IReadOnlyList<PathCheck> Checks)
{
    /// <summary>True when no check failed.</summary>
    public bool IsValid => Reason == PathReason.None;

    /// <summary>The reason that ranks highest among the failed checks, or <see cref="PathReason.None"/>.</summary>
    public PathReason Reason { get; } = Checks.Where(c => c.Outcome == CheckOutcome.Failed).Select(c => c.Reason).DefaultIfEmpty(PathReason.None).Max();

    /// <summary>The sentence of the failed check that ranks highest, or one that says that all is in order.</summary>
    public string Explanation => Checks.FirstOrDefault(c => c.Outcome == CheckOutcome.Failed && c.Reason == Reason)?.Sentence ?? "The path is in order.";
}
