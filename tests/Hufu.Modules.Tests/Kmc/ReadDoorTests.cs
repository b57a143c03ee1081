using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Pki.Gmt0014;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Kmc;

/// <summary>What a page reads before several people act one after the other: what waits, who did what, what comes next and for whom (R25).</summary>
public sealed class ReadDoorTests
{
    private static readonly CaseRemark Fine = new("按策略执行");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Clause("6.6.1.4-c")]
    public async Task R25_A_destruction_is_read_in_a_session_with_who_did_what_and_who_is_next()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        await using var ca = await place.CaBesideAsync(business: staff.Business);
        using var holder = Sm2KeyPair.Generate();
        SerialNumber[] numbers = [SerialNumber.Create(), SerialNumber.Create()];
        foreach (var number in numbers)
        {
            await place.GiveAsync(ca, number, holder.PublicKey);
            await place.AskAsync(ca, new RevokeKeyRequest(number));
        }

        var database = place.Room.Context.Database;
        await database.WriteAsync(session => session.Execute("UPDATE kmc_history SET not_after = @at", new { at = place.Now.AddYears(-11).ToUnixTimeMilliseconds() }), Cancel);
        var (business, operating, auditing) = (await place.SessionAsync(staff.Business, "business"), await place.SessionAsync(staff.Operator, "operator"), await place.SessionAsync(staff.Auditor, "auditor"));

        // One of the two is held by a request for recovery: it is not offered, and does not crowd the other out.
        using var asking = new TestPerson("某单位经办人");
        await place.DoAsync<RecoveryRequest, CaseStep>(
            "/recoveries", staff.Operator, ActNames.KmcRecoveryEnter, "recovery/new", new RecoveryRequest(Rooms.Ca, [numbers[0].ToString()], asking.Name, RecoveryGround.Damaged, "介质损坏", asking.Request().Request));
        var desk = await place.ReadAsync<DestructionDesk>("/api/kmc/destructions/desk", operating);
        var due = Assert.Single(desk.Pairs);
        Assert.Equal((Rooms.Ca, numbers[1].ToString()), (due.Ca, due.UserCertNumber));
        Assert.True(desk.Propose.Allowed);
        var reviewing = (await place.ReadAsync<DestructionDesk>("/api/kmc/destructions/desk", business)).Propose;
        Assert.Equal((false, "role-missing"), (reviewing.Allowed, reviewing.Code));
        Assert.Equal(Roles.Operator, Assert.Single(reviewing.Who).Id);

        // What is read is enough to sign every step, by those whom it names and in that order.
        var proposed = await place.DoAsync<DestructionProposal, CaseStep>(
            "/destructions", staff.Operator, ActNames.KmcDestructionPropose, "destruction/new", new DestructionProposal([due.Pair], "保存期满"));
        (TestPerson By, string Session, string Act, CaseState After)[] steps =
        [
            (staff.Business, business, ActNames.KmcDestructionApprove, CaseState.Approved),
            (staff.Auditor, auditing, ActNames.KmcDestructionWitness, CaseState.Witnessed),
            (staff.Operator, operating, ActNames.KmcDestructionPerform, CaseState.Done),
        ];
        foreach (var (by, session, act, after) in steps)
        {
            var row = Assert.Single((await place.ReadAsync<CaseList>("/api/kmc/cases/destruction", session)).Cases);
            Assert.Equal(proposed.Id, row.Id);
            Assert.True(row.Next.Single(right => right.Act == act).Allowed);
            foreach (var other in steps.Where(step => step.Session != session))
            {
                Assert.Equal("role-missing", Assert.Single((await place.ReadAsync<CaseList>("/api/kmc/cases/destruction", other.Session)).Cases).Next.Single(right => right.Act == act).Code);
            }

            var verb = act.Split('.')[^1];
            var step = await place.DoAsync<CaseRemark, CaseStep>($"/destructions/{row.Id}/{verb}", by, act, $"destruction/{row.Id}", Fine, row.StateToSign);
            Assert.Equal(after, step.State);
        }

        var done = Assert.Single((await place.ReadAsync<CaseList>("/api/kmc/cases/destruction?state=done", auditing)).Cases);
        Assert.Empty(done.Next);
        Assert.Equal(
            [ActNames.KmcDestructionPropose, ActNames.KmcDestructionApprove, ActNames.KmcDestructionWitness, ActNames.KmcDestructionPerform], done.Hands.Select(hand => hand.Act));
        Assert.Equal(["李操作", "孙业务", "周审计员", "李操作"], done.Hands.Select(hand => hand.Person.Split(' ')[0]));
        Assert.Empty((await place.ReadAsync<CaseList>("/api/kmc/cases/destruction?state=entered", auditing)).Cases);

        // By the signed act the same is read.
        var signed = Assert.Single((await place.DoAsync<CaseQuery, CaseList>("/cases/read", staff.Auditor, ActNames.KmcCasesRead, "cases/destruction", new CaseQuery(CaseKind.Destruction))).Cases);
        Assert.Equal(done.Hands, signed.Hands);
        Assert.Contains(await place.Room.LedgerAsync(), line => line.Contains("\"cases/destruction\"", StringComparison.Ordinal) && line.Contains("\"session\"", StringComparison.Ordinal));
    }

    [Fact]
    [Clause("6.2.8-a")]
    public async Task The_storage_keys_desk_says_what_to_sign_what_hinders_and_what_has_been()
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        var session = await place.SessionAsync(staff.Business, "business");
        var before = await place.ReadAsync<StorageKeyDesk>("/api/kmc/storage-key/desk", session);
        Assert.Equal(("storage-key/1", null, 5), (before.Object, before.Hindrance, before.HoldersWanted));
        Assert.Equal(place.Holders.Select(one => one.Name), before.Holders);
        Assert.True(before.Change.Allowed);
        Assert.Empty(before.Changes);
        await place.DoAsync<CaseRemark, StorageKeyChanged>("/storage-key", staff.Business, ActNames.KmcStorageKeyChange, before.Object, Fine);
        StorageKeyDesk after;
        var tries = 0;
        do
        {
            await Task.Delay(20, Cancel);
            after = await place.ReadAsync<StorageKeyDesk>("/api/kmc/storage-key/desk", session);
            Assert.Equal(after.State.From is null ? null : "state-wrong", after.Hindrance);
        }
        while (after.State.From is not null && tries++ < 3000);

        Assert.Equal("storage-key/2", after.Object);
        var change = Assert.Single(after.Changes);
        Assert.Equal((1, 2), (change.From, change.To));
        Assert.StartsWith("孙业务", change.By, StringComparison.Ordinal);
        Assert.NotNull(change.Ended);
    }

    [Theory]
    [InlineData("/api/kmc/cases/destruction")]
    [InlineData("/api/kmc/destructions/desk")]
    [InlineData("/api/kmc/storage-key/desk")]
    public async Task R22_Without_a_session_of_a_role_that_acts_nothing_is_read(string path)
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        Assert.Equal("session-missing", await place.ReadRefusedAsync(path, null));
        Assert.Equal("role-missing", await place.ReadRefusedAsync(path, await place.SessionAsync(place.Super, "super-one")));
    }

    [Theory]
    [InlineData("/api/kmc/cases/nothing")]
    [InlineData("/api/kmc/cases/destruction?state=7")]
    [InlineData("/api/kmc/cases/destruction?before=yesterday")]
    public async Task A_question_that_cannot_be_read_is_refused_in_words(string path)
    {
        await using var place = await KmcPlace.OpenInitialisedAsync();
        using var staff = await place.StaffAsync();
        Assert.Equal("field-invalid", await place.ReadRefusedAsync(path, await place.SessionAsync(staff.Auditor, "auditor")));
    }
}
