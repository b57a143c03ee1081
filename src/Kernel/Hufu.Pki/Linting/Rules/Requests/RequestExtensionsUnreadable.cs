namespace Hufu.Pki.Linting.Rules;

/// <summary>extensionRequest reads as extensions.</summary>
internal sealed class RequestExtensionsUnreadable() : RequestRule(
    "hufu_request_extensions_unreadable", LintSeverity.Error, "RFC 2985 5.4.2",
    "extensionRequest reads as extensions.",
    "Write Extensions as in a certificate.", "extensionRequest 内容须为 Extensions。")
{
    protected override void Check(RequestSubject subject, LintReport report)
    {
        if (subject.ExtensionsFault is { } why)
        {
            report.Add($"extensionRequest does not read: {why}");
        }
    }
}
