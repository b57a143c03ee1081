using Hufu.Contracts;
using Hufu.Governance;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Governance;

public sealed class DecisionTests
{
    public static TheoryData<string, string, string> ForbiddenPairs() => StaffTests.ForbiddenPairs();

    [Theory]
    [Clause("6.6.1.2-d")]
    [MemberData(nameof(ForbiddenPairs))]
    public void Every_forbidden_pair_of_roles_is_refused_at_use(string room, string one, string other)
    {
        var policy = SourceTree.Policy;
        var acts = policy.Acts.Values.Where(rule => rule.Rooms.Contains(room) && (rule.Roles.Contains(one) || rule.Roles.Contains(other))).ToList();
        Assert.NotEmpty(acts);
        foreach (var rule in acts)
        {
            var decision = PolicyDecision.Of(policy, new DecisionFacts { Room = room, Act = rule.Act, Name = "李一", Roles = [one, other] });
            Assert.Equal((false, RefusalCode.RolesIncompatible), (decision.Allowed, decision.Code));
        }
    }

    [Fact]
    [Clause("6.6.1.2-d")]
    public async Task A_pair_that_came_into_the_database_past_every_rule_is_refused_by_the_gate()
    {
        await using var gate = await TestGate.OpenAsync(Rooms.Ra);
        using var clerk = await gate.InRoleAsync(Roles.EntryClerk, "李录入");
        await gate.Database.WriteAsync(session => session.Execute("INSERT INTO staff_roles (person_id, role, appointed_at) SELECT person_id, 'vetter', appointed_at FROM staff_roles WHERE role = 'entry-clerk'"), CancellationToken.None);
        var act = clerk.Act(Rooms.Ra, ActNames.RaQueueRead, "queue/submitted", "-", "{}", gate.Clock.GetUtcNow());
        var refused = await Assert.ThrowsAsync<RefusedException>(() => gate.RunAsync(act, new ExpectedAct(ActNames.RaQueueRead, "queue/submitted")));
        Assert.Equal(RefusalCode.RolesIncompatible, refused.Refusal.Code);
    }

    [Fact]
    [Clause("6.6.2.6-d")]
    public void The_matrix_has_every_cell_and_each_says_why()
    {
        var policy = SourceTree.Policy;
        var cells = PolicyMatrix.Of(policy);
        Assert.Equal(cells.Count, cells.Select(cell => (cell.Room, cell.Act, cell.Role, cell.State)).Distinct().Count());
        Assert.All(cells, cell => Assert.Equal(cell.Allowed, cell.Code is null && cell.Reason.Length == 0));
        foreach (var rule in policy.Acts.Values)
        {
            foreach (var room in rule.Rooms)
            {
                Assert.Contains(cells, cell => cell.Room == room && cell.Act == rule.Act && cell.Allowed);
            }
        }

        MatrixCell Cell(string act, string role, string state) => cells.Single(cell => cell.Room == Rooms.Ra && cell.Act == act && cell.Role == role && cell.State == state);

        Assert.True(Cell(ActNames.RaApplicationApprove, Roles.Vetter, "entered").Allowed);
        Assert.Contains(ActNames.RaApplicationEnter, Cell(ActNames.RaApplicationApprove, Roles.Vetter, "entered").Obligations.Single(), StringComparison.Ordinal);
        Assert.Equal("state-wrong", Cell(ActNames.RaApplicationApprove, Roles.Vetter, "submitted").Code);
        Assert.Equal("role-missing", Cell(ActNames.RaApplicationApprove, Roles.EntryClerk, "entered").Code);
    }

    [Theory]
    [InlineData("seconds.csv", "staff.appoint,ra,always,business-administrator auditor\n", "", "must always need a second person in 'ra'")]
    [InlineData("seconds.csv", "staff.appoint,ra,always,", "staff.appoint,ra,again,", "must always need a second person in 'ra'")]
    [InlineData("seconds.csv", "staff.appoint,ra,always,business-administrator auditor", "staff.appoint,ra,always,entry-clerk", "must be roles that may do 'act.second'")]
    [InlineData("seconds.csv", "staff.appoint,ra,always", "staff.apoint,ra,always", "acts.csv knows")]
    [InlineData("states.csv", "application,ra.application.enter,submitted", "application,ra.application.enter,submited", "does not stand above it with these states")]
    [InlineData("states.csv", "application,ra.application.enter,submitted", "application,ra.application.approve,submitted", "stands there twice")]
    [InlineData("roles.yaml", "conditions: [background-check, training, term]", "conditions: [background-check, luck]", "'luck' is none of")]
    public void A_policy_that_is_not_whole_does_not_load(string file, string text, string instead, string complaint)
    {
        using var folder = PolicyTests.Copy();
        PolicyTests.Change(folder, file, text, instead);
        Assert.Contains(complaint, Assert.Throws<PolicyException>(() => Policy.Load(folder.Path)).Message, StringComparison.Ordinal);
    }
}
