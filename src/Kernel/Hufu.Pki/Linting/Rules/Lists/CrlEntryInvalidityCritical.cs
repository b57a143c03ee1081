namespace Hufu.Pki.Linting.Rules;

/// <summary>invalidityDate is not critical.</summary>
internal sealed class CrlEntryInvalidityCritical() : RevokedEntryRule(
    EntryFault.InvalidityCritical, "hufu_crl_entry_invalidity_critical", LintSeverity.Error, "RFC 5280 5.3.2",
    "invalidityDate is not critical.",
    "Mark it not critical.", "失效日期不得标记为关键。");
