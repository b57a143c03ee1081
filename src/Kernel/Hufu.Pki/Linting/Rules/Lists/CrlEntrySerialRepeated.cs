namespace Hufu.Pki.Linting.Rules;

/// <summary>A serial occurs once (looked for in the first million entries).</summary>
internal sealed class CrlEntrySerialRepeated() : RevokedEntryRule(
    EntryFault.SerialRepeated, "hufu_crl_entry_serial_repeated", LintSeverity.Error, "RFC 5280 5.1.2.6; R08",
    "A serial occurs once (looked for in the first million entries).",
    "Merge the entries.", "同一序列号只能出现一次。");
