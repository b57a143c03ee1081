namespace Hufu.Pki.Linting.Rules;

/// <summary>Entries give no hold instruction: it is obsolete.</summary>
internal sealed class CrlEntryHoldInstruction() : RevokedEntryRule(
    EntryFault.HoldInstruction, "hufu_crl_entry_hold_instruction", LintSeverity.Notice, "RFC 5280 5.3",
    "Entries give no hold instruction: it is obsolete.",
    "Leave it out; certificateHold is enough.", "挂起指示已废止，应省略。");
