namespace Hufu.Ra.Notices;

/// <summary>Whom a notice goes to: the applicant's or the agent's e-mail address, whichever the form has.</summary>
internal static class NoticeAddress
{
    private static readonly string[] Names = ["agentEmail", "email", "applicantEmail"];

    public static string Of(IReadOnlyDictionary<string, string> fields) =>
        Names.Select(name => fields.TryGetValue(name, out var address) ? address : null).FirstOrDefault(address => !string.IsNullOrEmpty(address))
        ?? throw new InvalidDataException("The application has no e-mail address; the profile's form must ask for one.");
}
