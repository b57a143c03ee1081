using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Records;

namespace Hufu.Hosting;

/// <summary>No outside contractor holds a certification role (6.6.1.3-c): whoever stands in the register of posts as one is not appointed, and whoever holds a role is not recorded as one.</summary>
[Clause("6.6.1.3-c")]
internal static class Contractors
{
    private const string Register = "posts";
    private const string Contractor = "contractor-without-certification-role";

    /// <summary>Refuses an appointment that is asked for somebody from outside, or for whom the register of posts says so today.</summary>
    /// <exception cref="RefusedException">RolesIncompatible.</exception>
    public static void DemandNone(Session session, RoomContext context, string name, Employment employment = Employment.OwnStaff)
    {
        if (employment != Employment.OwnStaff)
        {
            throw new RefusedException(RefusalCode.RolesIncompatible, "外包人员不得担任认证岗位 (no outside contractor holds a certification role, 6.6.1.3-c).", "employment");
        }

        var today = context.Policy.Values.LocalText(context.Clock.GetUtcNow())[..10];
        var store = new RegisterStore(Messaging.DevicePinFile.DataCipher(context.Identity, "evidence"));
        if (store.Page(session, Register, new RegisterQuery(1_000)).Select(read => read.Entry).FirstOrDefault(entry => entry.CorrectedBy is null && IsContractor(entry.Fields)
            && entry.Fields.TryGetValue("person", out var person) && Staff.IsCalled(new StaffMember("", person, []), name) && (!entry.Fields.TryGetValue("until", out var until) || string.CompareOrdinal(until, today) >= 0)) is { } found)
        {
            throw new RefusedException(RefusalCode.RolesIncompatible, $"{found.Id}: 登记为外包人员 (stands in the register of posts as an outside contractor, 6.6.1.3-c).", "person");
        }
    }

    /// <summary>Refuses an entry that makes a contractor of somebody who holds a role here.</summary>
    /// <exception cref="RefusedException">RolesIncompatible.</exception>
    public static void DemandNoRole(Session session, RoomContext context, string register, NewRegisterEntry entry)
    {
        if (register == Register && IsContractor(entry.Fields) && entry.Fields.TryGetValue("person", out var name)
            && context.Staff.List(session).FirstOrDefault(member => member.Roles.Count > 0 && Staff.IsCalled(member, name)) is { } held)
        {
            throw new RefusedException(RefusalCode.RolesIncompatible, $"{held} holds {string.Join(", ", held.Roles)}; end the role first (6.6.1.3-c).", "employed");
        }
    }

    private static bool IsContractor(IReadOnlyDictionary<string, string> fields) => fields.TryGetValue("employed", out var employed) && employed.Trim() == Contractor;
}
