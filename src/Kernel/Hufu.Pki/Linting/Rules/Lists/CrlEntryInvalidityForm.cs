namespace Hufu.Pki.Linting.Rules;

/// <summary>invalidityDate is a GeneralizedTime of whole seconds in UTC.</summary>
internal sealed class CrlEntryInvalidityForm() : RevokedEntryRule(
    EntryFault.InvalidityUnreadable, "hufu_crl_entry_invalidity_form", LintSeverity.Error, "RFC 5280 5.3.2",
    "invalidityDate is a GeneralizedTime of whole seconds in UTC.",
    "Write it with RevocationListWriter.", "失效日期须为 UTC 整秒的 GeneralizedTime。");
