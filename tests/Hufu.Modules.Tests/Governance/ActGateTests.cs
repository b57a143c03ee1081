using System.Text.Json;
using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Governance;

/// <summary>Every check of the gate, each refused with its code, recorded, and nothing of the work kept.</summary>
public sealed class ActGateTests
{
    private const string Object = "application/A1";
    private static readonly ExpectedAct Enter = new(ActNames.RaApplicationEnter, Object, _ => "submitted/x");
    private static readonly ExpectedAct Approve = new(ActNames.RaApplicationApprove, Object, _ => "entered/x");

    [Fact]
    [Clause("6.6.1.2-c")]
    public async Task An_act_is_carried_out_and_recorded_with_its_statement()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var clerk = await gate.InRoleAsync(Roles.EntryClerk, "李录入");
        var request = Entry(gate, clerk);
        Assert.Equal("P0002", await gate.RunAsync(request, Enter));
        using var record = JsonDocument.Parse((await gate.LinesAsync())[^1]);
        Assert.Equal("done", record.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("李录入 (P0002)", record.RootElement.GetProperty("actor").GetString());
        Assert.Equal(request.Act.Statement, record.RootElement.GetProperty("statement").GetString());
        Assert.Equal(request.Act.Signature, record.RootElement.GetProperty("signature").GetBytesFromBase64());
        Assert.Equal(ActStatement.Digest(clerk.Certificate!.RawData.Span), record.RootElement.GetProperty("certificate").GetString());
    }

    [Fact]
    public async Task R15_nobody_enters_and_approves_the_same_application()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var person = await gate.InRoleAsync(Roles.EntryClerk, "李录入");
        using var vetter = await gate.InRoleAsync(Roles.Vetter, "王审核");
        await gate.RunAsync(Entry(gate, person), Enter);

        // Whoever gets at the database and gives one person both roles is still refused, twice over.
        await gate.Database.WriteAsync(session => session.Execute("INSERT INTO staff_roles (person_id, role, appointed_at) VALUES ('P0002', 'vetter', 0)"), CancellationToken.None);
        Assert.Equal(RefusalCode.RolesIncompatible, await RefusedAsync(gate, Approval(gate, person), Approve));
        await gate.Database.WriteAsync(session => session.Execute("UPDATE staff_roles SET ended_at = 1 WHERE person_id = 'P0002' AND role = 'entry-clerk'"), CancellationToken.None);
        Assert.Equal(RefusalCode.SamePerson, await RefusedAsync(gate, Approval(gate, person), Approve));
        Assert.Equal(RefusalCode.SamePerson, await RefusedAsync(gate, Approval(gate, vetter), Approve with { MustDifferFrom = ["P0003"] }));
        await gate.RunAsync(Approval(gate, vetter), Approve);
    }

    public static TheoryData<string, string, string> Matrix()
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var act in SourceTree.Policy.Acts.Values)
        {
            foreach (var room in act.Rooms)
            {
                foreach (var role in SourceTree.Policy.Roles.Values.Where(role => role.ExistsIn(room)))
                {
                    cells.Add(room, act.Act, role.Id);
                }
            }
        }

        return cells;
    }

    [Theory]
    [Clause("6.6.2.6-d")]
    [MemberData(nameof(Matrix))]
    public async Task R22_one_decision_for_every_act_room_and_role(string room, string act, string role)
    {
        await using var gate = await TestGate.OpenAsync(room);
        using var person = await gate.InRoleAsync(role, "某人");
        var allowed = SourceTree.Policy.Acts[act].Roles.Contains(role);
        var request = person.Act(room, act, "thing/1", new { }, gate.Clock.GetUtcNow());
        Assert.Equal(allowed ? null : RefusalCode.RoleMissing, await RefusedAsync(gate, request, new ExpectedAct(act, "thing/1")));
    }

    [Fact]
    [Clause("6.6.1.2-d")]
    public async Task A_statement_is_good_for_exactly_what_it_says()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var clerk = await gate.InRoleAsync(Roles.EntryClerk, "李录入");
        var now = gate.Clock.GetUtcNow();
        var good = Entry(gate, clerk);
        var payload = JsonSerializer.Serialize(new EntryRecord("x"), ContractJson.Options);
        Assert.Equal(RefusalCode.StatementMismatch, await RefusedAsync(gate, clerk.Act(Rooms.Ca, Enter.Act, Object, "submitted/x", payload, now), Enter));
        Assert.Equal(RefusalCode.StatementMismatch, await RefusedAsync(gate, clerk.Act(Rooms.Ra, ActNames.RaQueueRead, Object, "submitted/x", payload, now), Enter));
        Assert.Equal(RefusalCode.StatementMismatch, await RefusedAsync(gate, clerk.Act(Rooms.Ra, Enter.Act, "application/A2", "submitted/x", payload, now), Enter));
        Assert.Equal(RefusalCode.StatementMismatch, await RefusedAsync(gate, Entry(gate, clerk) with { Payload = JsonDocument.Parse("""{"remark":"y"}""").RootElement }, Enter));
        Assert.Equal(RefusalCode.StatementMismatch, await RefusedAsync(gate, Entry(gate, clerk) with { Payload = JsonDocument.Parse("""{ "remark":"x"}""").RootElement }, Enter));
        Assert.Equal(RefusalCode.StateWrong, await RefusedAsync(gate, clerk.Act(Rooms.Ra, Enter.Act, Object, "submitted/y", payload, now), Enter));
        Assert.Equal(RefusalCode.Malformed, await RefusedAsync(gate, good with { Act = good.Act with { Statement = good.Act.Statement + "\n" } }, Enter));
        Assert.Equal(RefusalCode.Malformed, await RefusedAsync(gate, good with { Act = good.Act with { Statement = new string('x', 100_000) } }, Enter));
        Assert.Equal(RefusalCode.SignatureInvalid, await RefusedAsync(gate, good with { Act = good.Act with { Signature = new byte[1000] } }, Enter));
        Assert.Equal(RefusalCode.SignatureInvalid, await RefusedAsync(gate, good with { Act = good.Act with { Signature = [0x30, 0x00] } }, Enter));
        Assert.Null(await RefusedAsync(gate, good, Enter));
    }

    [Fact]
    public async Task A_statement_is_good_once_and_for_five_minutes_either_way()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var clerk = await gate.InRoleAsync(Roles.EntryClerk, "李录入");
        var request = Entry(gate, clerk);
        Assert.Null(await RefusedAsync(gate, request, Enter));
        Assert.Equal(RefusalCode.StatementReplayed, await RefusedAsync(gate, request, Enter));

        var late = Entry(gate, clerk);
        gate.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(RefusalCode.StatementReplayed, await RefusedAsync(gate, request, Enter));
        Assert.Null(await RefusedAsync(gate, late, Enter));
        var stale = Entry(gate, clerk);
        gate.Clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(RefusalCode.StatementStale, await RefusedAsync(gate, stale, Enter));
        var early = clerk.Act(Rooms.Ra, Enter.Act, Object, new EntryRecord("x"), gate.Clock.GetUtcNow().AddMinutes(5).AddMilliseconds(1), "submitted/x");
        Assert.Equal(RefusalCode.StatementStale, await RefusedAsync(gate, early, Enter));

        // The clock is turned back: what was used stays used.
        var used = Entry(gate, clerk);
        Assert.Null(await RefusedAsync(gate, used, Enter));
        gate.Clock.Advance(-TimeSpan.FromMinutes(4));
        Assert.Equal(RefusalCode.StatementReplayed, await RefusedAsync(gate, used, Enter));
    }

    [Fact]
    public async Task A_statement_that_was_refused_cannot_come_back_when_the_state_suits_it()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var clerk = await gate.InRoleAsync(Roles.EntryClerk, "李录入");
        var request = Entry(gate, clerk);
        Assert.Equal(RefusalCode.StateWrong, await RefusedAsync(gate, request, Enter with { State = _ => "entered/x" }));
        Assert.Equal(RefusalCode.StatementReplayed, await RefusedAsync(gate, request, Enter));
    }

    [Fact]
    public async Task The_signer_is_a_known_person_in_office_with_a_valid_certificate()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var stranger = gate.Authority.Person("陌生人");
        Assert.Equal(RefusalCode.PersonUnknown, await RefusedAsync(gate, Entry(gate, stranger), Enter));

        using var thief = new TestPerson("小偷", Sm2KeyPair.Generate(), stranger.Certificate);
        using var clerk = await gate.InRoleAsync(Roles.EntryClerk, "陌生人", stranger);
        Assert.Equal(RefusalCode.SignatureInvalid, await RefusedAsync(gate, Entry(gate, thief), Enter));

        await gate.Database.WriteAsync(session => gate.Staff.SetSuspended(session, "P0002", true), CancellationToken.None);
        Assert.Equal(RefusalCode.PersonSuspended, await RefusedAsync(gate, Entry(gate, clerk), Enter));
        await gate.Database.WriteAsync(session => gate.Staff.SetSuspended(session, "P0002", false), CancellationToken.None);
        Assert.Null(await RefusedAsync(gate, Entry(gate, clerk), Enter));

        var end = clerk.Certificate!.NotAfter;
        gate.Clock.Set(end.AddDays(-10));
        await gate.Database.WriteAsync(
            session =>
            {
                var person = gate.Staff.Find(session, "P0002")!;
                gate.Staff.RecordFitness(session, person.PersonId, new FitnessRecord(FitnessKind.BackgroundCheck, end.AddDays(-11), "x"), person);
                gate.Staff.RecordFitness(session, person.PersonId, new FitnessRecord(FitnessKind.Training, end.AddDays(-11), "x"), person);
            },
            CancellationToken.None);
        gate.Clock.Set(end.AddMilliseconds(999));
        Assert.Null(await RefusedAsync(gate, Entry(gate, clerk), Enter));
        gate.Clock.Set(end.AddSeconds(1));
        Assert.Equal(RefusalCode.CertificateNotValid, await RefusedAsync(gate, Entry(gate, clerk), Enter));

        using var revoked = await gate.InRoleAsync(Roles.EntryClerk, "被撤销");
        Assert.True(await gate.Database.WriteAsync(session => gate.Staff.RevokeCertificate(session, revoked.Certificate!.SerialHex), CancellationToken.None));
        Assert.Equal(RefusalCode.CertificateNotValid, await RefusedAsync(gate, Entry(gate, revoked), Enter));
    }

    [Fact]
    public async Task What_is_refused_or_fails_leaves_nothing_but_its_record()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var clerk = await gate.InRoleAsync(Roles.EntryClerk, "李录入");
        var refused = await Assert.ThrowsAsync<RefusedException>(() => gate.RunAsync(Entry(gate, clerk), Enter, session =>
        {
            gate.Staff.SetSuspended(session, "P0002", true);
            throw new RefusedException(RefusalCode.EvidenceMissing, "授权书", "authorisation");
        }));
        Assert.Equal(RefusalCode.EvidenceMissing, refused.Refusal.Code);
        using (var record = JsonDocument.Parse((await gate.LinesAsync())[^1]))
        {
            Assert.Equal("refused", record.RootElement.GetProperty("outcome").GetString());
            Assert.Equal("evidence-missing", record.RootElement.GetProperty("detail").GetProperty("code").GetString());
            Assert.True(record.RootElement.TryGetProperty("statement", out _));
        }

        await Assert.ThrowsAsync<FormatException>(() => gate.RunAsync(Entry(gate, clerk), Enter, session =>
        {
            gate.Staff.SetSuspended(session, "P0002", true);
            throw new FormatException("secret");
        }));
        var failed = (await gate.LinesAsync())[^1];
        Assert.Contains("\"outcome\":\"failed\"", failed, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failed, StringComparison.Ordinal);
        Assert.Null(await RefusedAsync(gate, Entry(gate, clerk), Enter));
    }

    [Fact]
    public async Task R24_without_its_record_no_act_is_done()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var clerk = await gate.InRoleAsync(Roles.EntryClerk, "李录入");
        await gate.Ledger.DisposeAsync();
        var request = Entry(gate, clerk);
        await Assert.ThrowsAnyAsync<Exception>(() => gate.RunAsync(request, Enter, session => gate.Staff.SetSuspended(session, "P0002", true)));
        Assert.Equal(0, await gate.Database.ReadAsync(session => session.Scalar<long>("SELECT suspended FROM staff_people WHERE id = 'P0002'"), CancellationToken.None));
    }

    [Fact]
    public async Task An_attempt_by_nobody_names_nobody()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var clerk = await gate.InRoleAsync(Roles.EntryClerk, "李录入");
        using var thief = new TestPerson("小偷", Sm2KeyPair.Generate(), clerk.Certificate);
        await RefusedAsync(gate, Entry(gate, thief), Enter);
        using var record = JsonDocument.Parse((await gate.LinesAsync())[^1]);
        Assert.Equal("unknown", record.RootElement.GetProperty("actor").GetString());
        Assert.False(record.RootElement.TryGetProperty("statement", out _));
        Assert.StartsWith("HUFU-ACT 1\n", record.RootElement.GetProperty("detail").GetProperty("sent").GetString(), StringComparison.Ordinal);
    }

    private static ActRequest Entry(TestGate gate, TestPerson person) =>
        person.Act(Rooms.Ra, Enter.Act, Object, new EntryRecord("x"), gate.Clock.GetUtcNow(), "submitted/x");

    private static ActRequest Approval(TestGate gate, TestPerson person) =>
        person.Act(Rooms.Ra, Approve.Act, Object, new VettingDecision(true, [], null), gate.Clock.GetUtcNow(), "entered/x");

    private static async Task<RefusalCode?> RefusedAsync(TestGate gate, ActRequest request, ExpectedAct expected)
    {
        var before = gate.Ledger.Size;
        RefusalCode? code = null;
        try
        {
            await gate.RunAsync(request, expected);
        }
        catch (RefusedException refused)
        {
            code = refused.Refusal.Code;
        }

        // Every outcome is on record.
        Assert.InRange(gate.Ledger.Size - before, 1, 2);
        return code;
    }
}
