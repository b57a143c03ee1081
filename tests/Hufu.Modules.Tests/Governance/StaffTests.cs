using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Governance;

public sealed class StaffTests
{
    private static readonly StaffMember Super = new("P0000", "任命人", [Roles.SuperAdministrator]);
    private static readonly StaffMember Business = new("P0000", "任命人", [Roles.BusinessAdministrator]);

    public static TheoryData<string, string, string> ForbiddenPairs()
    {
        var pairs = new TheoryData<string, string, string>();
        foreach (var role in SourceTree.Policy.Roles.Values)
        {
            foreach (var other in role.IncompatibleWith)
            {
                foreach (var room in role.AppointedBy.Keys.Where(SourceTree.Policy.Roles[other].ExistsIn))
                {
                    pairs.Add(room, role.Id, other);
                }
            }
        }

        return pairs;
    }

    [Theory]
    [Clause("6.6.1.2-d")]
    [MemberData(nameof(ForbiddenPairs))]
    public async Task Every_forbidden_pair_of_roles_is_refused_at_appointment(string room, string held, string wanted)
    {
        await using var gate = await TestGate.OpenAsync(room);
        using var person = await gate.InRoleAsync(held, "李一");
        var appointer = SourceTree.Policy.Roles[wanted].AppointedBy[room];
        var by = appointer == RoleDefinition.ByInitialisation ? null : new StaffMember("P0000", "任命人", [appointer]);

        // With the same key, and as the same name with another key: one person.
        using var again = gate.Authority.Person("李 一");
        foreach (var certificate in new[] { person.Certificate!, again.Certificate! })
        {
            var refused = await RefusedAsync(() => gate.Database.WriteAsync(session => gate.Staff.Enrol(session, wanted, "李 一", certificate.Encode(), by, null), CancellationToken.None));
            Assert.Equal(RefusalCode.RolesIncompatible, refused.Code);
        }

        Assert.Equal([held], (await gate.Database.ReadAsync(gate.Staff.List, CancellationToken.None)).Single(member => member.Name == "李一").Roles);
    }

    [Theory]
    [InlineData(Roles.Operator, RefusalCode.RoleMissing)]
    [InlineData(Roles.SuperAdministrator, RefusalCode.RoleMissing)]
    [InlineData(Roles.EntryClerk, RefusalCode.FieldInvalid)]
    [InlineData("king", RefusalCode.FieldInvalid)]
    public async Task Only_the_right_appointer_appoints(string role, RefusalCode code)
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ca);
        using var person = new TestPerson("王二");
        Assert.Equal(code, await CheckAsync(gate, role, person, Super));
        if (code == RefusalCode.RoleMissing && role == Roles.Operator)
        {
            Assert.Equal(RefusalCode.RoleMissing, await CheckAsync(gate, role, person, null));
            Assert.Null(await CheckAsync(gate, role, person, Business));
        }
    }

    [Fact]
    public async Task A_person_is_one_person_by_name_and_key()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var clerk = await gate.InRoleAsync(Roles.EntryClerk, "Wang Wei");
        using var thief = new TestPerson("赵三", clerk.Key, null);
        using var twin = new TestPerson("ＷＡＮＧ　wei");
        using var other = new TestPerson("王伟");
        Assert.Equal(RefusalCode.KeyReused, await CheckAsync(gate, Roles.Vetter, thief, Business));
        Assert.Equal(RefusalCode.RolesIncompatible, await CheckAsync(gate, Roles.Vetter, twin, Business));
        Assert.Equal(RefusalCode.StateWrong, await CheckAsync(gate, Roles.EntryClerk, twin, Business));
        Assert.Null(await CheckAsync(gate, Roles.Vetter, other, Business));
        Assert.Equal(RefusalCode.SamePerson, await CheckAsync(gate, Roles.Vetter, twin, Business with { PersonId = "P0002" }));
    }

    [Theory]
    [InlineData("", RefusalCode.FieldMissing)]
    [InlineData("  ", RefusalCode.FieldMissing)]
    [InlineData("王\u200B伟", RefusalCode.FieldInvalid)]
    [InlineData("王\n伟", RefusalCode.FieldInvalid)]
    public async Task A_name_is_a_name(string name, RefusalCode code)
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var person = new TestPerson(name);
        Assert.Equal(code, await CheckAsync(gate, Roles.Vetter, person, Business));
        using var wordy = new TestPerson(new string('王', 65));
        Assert.Equal(RefusalCode.NameTooLong, await CheckAsync(gate, Roles.Vetter, wordy, Business));
    }

    [Fact]
    public async Task Nothing_half_made_stays_of_a_refused_appointment()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var person = gate.Authority.Person("孙四");
        await Assert.ThrowsAsync<PkiException>(() => gate.Database.WriteAsync(session => gate.Staff.Enrol(session, Roles.Vetter, "孙四", [1, 2, 3], Business, null), CancellationToken.None));
        await Assert.ThrowsAsync<Hufu.Records.DatabaseException>(
            () => gate.Database.WriteAsync(session => gate.Staff.Enrol(session, Roles.Vetter, "孙四", person.Certificate!.Encode(), Business, null), CancellationToken.None));
        Assert.Empty(await gate.Database.ReadAsync(gate.Staff.List, CancellationToken.None));
    }

    [Fact]
    [Clause("6.6.1.3-a")]
    public async Task A_certificate_follows_one_in_force_over_the_same_key_and_name_and_ends_later()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var clerk = await gate.InRoleAsync(Roles.EntryClerk, "李一");
        using var other = gate.Authority.Person("李一", TimeSpan.FromDays(800));
        var serial = clerk.Certificate!.SerialHex;
        var next = gate.Authority.Issue("李一", clerk.Key.PublicKey, life: TimeSpan.FromDays(800));

        Assert.Equal(RefusalCode.PersonUnknown, (await RefusedAsync(() => FollowAsync(other.Certificate!.SerialHex, next))).Code);
        Assert.Equal(RefusalCode.FieldInvalid, (await RefusedAsync(() => FollowAsync(serial, other.Certificate!))).Code);
        Assert.Equal(RefusalCode.FieldInvalid, (await RefusedAsync(() => FollowAsync(serial, gate.Authority.Issue("李二", clerk.Key.PublicKey, life: TimeSpan.FromDays(800))))).Code);
        Assert.Equal(RefusalCode.FieldInvalid, (await RefusedAsync(() => FollowAsync(serial, gate.Authority.Issue("李一", clerk.Key.PublicKey, life: TimeSpan.FromDays(1))))).Code);
        Assert.Equal("李一", (await FollowAsync(serial, next))?.Name);
        Assert.Null(await FollowAsync(serial, next));

        // What has been made void is followed by nothing, nor is what somebody out of office has.
        await gate.Database.WriteAsync(session => Assert.True(gate.Staff.RevokeCertificate(session, next.SerialHex)), CancellationToken.None);
        var later = gate.Authority.Issue("李一", clerk.Key.PublicKey, life: TimeSpan.FromDays(900));
        Assert.Equal(RefusalCode.PersonUnknown, (await RefusedAsync(() => FollowAsync(next.SerialHex, later))).Code);
        await gate.Database.WriteAsync(session => session.Execute("UPDATE staff_people SET suspended = 1 WHERE name = '李一'"), CancellationToken.None);
        Assert.Equal(RefusalCode.PersonSuspended, (await RefusedAsync(() => FollowAsync(serial, later))).Code);

        Task<StaffMember?> FollowAsync(string old, Certificate certificate) => gate.Database.WriteAsync(session => gate.Staff.Follow(session, old, certificate), CancellationToken.None);
    }

    private static async Task<RefusalCode?> CheckAsync(TestGate gate, string role, TestPerson person, StaffMember? by)
    {
        try
        {
            return await gate.Database.ReadAsync<RefusalCode?>(
                session =>
                {
                    gate.Staff.CheckAppointment(session, role, person.Name, person.Key.PublicKey, by);
                    return null;
                },
                CancellationToken.None);
        }
        catch (RefusedException refused)
        {
            return refused.Refusal.Code;
        }
    }

    private static async Task<Refusal> RefusedAsync(Func<Task> act) => (await Assert.ThrowsAsync<RefusedException>(act)).Refusal;
}
