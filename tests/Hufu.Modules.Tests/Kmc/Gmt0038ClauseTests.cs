using System.Reflection;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>
/// What GM/T 0038 has tested, in the words of shared/rules.md and shared/standards.md 8, each with the tests that show it: a sentence whose test is renamed or taken away fails here, and a test of the standard that
/// stands beside no sentence does too. Network zones, cipher machines' approvals and shielding are the site's, not the software's.
/// </summary>
public sealed class Gmt0038ClauseTests
{
    /// <summary>Sentence to tests, by the names that xunit shows.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Clauses = new Dictionary<string, string[]>
    {
        ["Initialisation in order: the key centre's key, its backup, its certificate, super and audit administrator"] = ["Gmt0038_initialisation_goes_key_backup_certificate_administrators"],
        ["Then business administrator, operators, auditors: super → business administrators → operators, audit administrator → auditors; super and audit administrator equal in rank"] =
            ["Gmt0038_super_administrator_to_operators_audit_administrator_to_auditors"],
        ["The backup of the key is proven"] = ["Gmt0038_the_backup_is_proven_by_three_of_five_holders"],
        ["Sign-in is certificate and PIN; pull the token and the next operation is refused"] = ["Gmt0038_an_operator_acts_with_certificate_and_PIN_and_not_after_the_token_is_pulled"],
        ["Every operation is signed by the operator's own certificate without the operator doing anything extra; logs hold time, operator, type, result; query by each and combined"] =
            ["Gmt0038_every_operation_is_on_record_signed_by_its_operator_and_found_by_time_operator_type_and_result"],
        ["The auditor's page verifies the signature on each record, marks what has been reviewed so that it shows, searches in any combination"] =
            ["Gmt0038_the_auditor_verifies_each_record_marks_it_so_that_it_shows_and_searches_by_any_combination"],
        ["Audited data is archived and unalterable"] = ["Gmt0038_audited_records_are_archived_and_a_change_of_the_archive_is_found"],
        ["Serves several CAs at once"] = ["Gmt0038_two_CAs_are_served_at_once_and_neither_reaches_the_others_keys"],
        ["Key pairs are made ahead or on demand"] = ["Gmt0038_an_empty_spare_store_makes_pairs_on_demand"],
        ["The spare store refills itself below a low-water mark, or by hand; the three stores are counted"] =
            ["Gmt0038_the_spare_store_fills_by_itself_and_by_hand_and_is_counted", "Gmt0038_the_refill_of_the_spare_store_is_seen_while_it_runs"],
        ["Giving out moves a pair from spare to in-use"] = ["Gmt0038_giving_moves_a_pair_to_in_use_and_only_the_holder_can_open_it"],
        ["Revoking moves it to history"] = ["Gmt0038_revoking_moves_the_pair_to_history_once"],
        ["Recovery for the CA"] = ["Gmt0038_recovery_for_the_CA_brings_the_key_back_from_use_and_from_history", "Gmt0038_renewal_brings_the_new_pair_and_the_history_of_old_keys_in_one_message"],
        ["Recovery for the holder by those with the right"] = ["Gmt0038_recovery_by_two_people_and_a_one_time_code_into_the_new_key"],
        ["Local recovery for judicial evidence: neither the key nor what protects it is ever in the clear outside its carrier"] = ["Gmt0038_local_recovery_leaves_as_a_file_that_only_the_officers_open"],
        ["Key pairs are made in a cipher machine"] = ["Gmt0038_pairs_are_made_and_kept_by_a_cipher_machine"],
    };

    [Fact]
    public void Each_sentence_of_the_standard_has_its_test_by_name()
    {
        var there = typeof(Gmt0038ClauseTests).Assembly.GetTypes().Where(type => type.Namespace == typeof(Gmt0038ClauseTests).Namespace)
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance))
            .Where(method => method.GetCustomAttributes().Any(attribute => attribute is FactAttribute)).Select(method => method.Name).Where(name => name.StartsWith("Gmt0038_", StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
        var named = Clauses.Values.SelectMany(tests => tests).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(named.Except(there));
        Assert.Empty(there.Except(named));
    }
}
