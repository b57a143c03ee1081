using System.Text.Json;
using Hufu.Contracts;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>
/// R22: every act on an application × every role × every state, a cell being one HTTP call signed by that role's real key: allowed exactly where policy (acts.csv, states.csv) says, refused with the reason
/// that fits everywhere else.
/// </summary>
public sealed class MatrixTests
{
    private static readonly ApplicationState[] States = Enum.GetValues<ApplicationState>();

    [Fact]
    [Clause("6.6.2.6-d")]
    public async Task R22_acts_are_allowed_exactly_where_policy_says()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var (filed, _) = await office.IssuedAsync(applicant);
        office.Ca.GoAway();
        var serial = (await office.StatusAsync(filed)).SigningSerial!;
        using TestPerson clerk = await office.InRoleAsync(Roles.EntryClerk, "另一录入"), vetter = await office.InRoleAsync(Roles.Vetter, "另一审核"), auditor = await office.InRoleAsync(Roles.Auditor, "钱审计"),
            administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务"), stranger = office.Ca.Room.Authority.Person("陌生人");
        (string Role, TestPerson Person)[] people = [(Roles.EntryClerk, clerk), (Roles.Vetter, vetter), (Roles.Auditor, auditor), (Roles.BusinessAdministrator, administrator), ("", stranger)];
        // Exceptions before approvals: who has approved cannot confirm.
        Cell[] acts =
        [
            new(ActNames.RaApplicationRead, "reading", JsonSerializer.Serialize(new ReadingPurpose("矩阵"), ContractJson.Options), ["submitted", "entered", "excepted"], false),
            new(ActNames.RaExceptionConfirm, "exception", """{"confirm":true,"reason":"可"}""", ["excepted"], false),
            new(ActNames.RaExceptionRefuse, "exception", """{"confirm":false,"reason":"不可"}""", ["excepted"], false),
            new(ActNames.RaApplicationApprove, "decision", JsonSerializer.Serialize(RaOffice.Approval, ContractJson.Options), ["entered"], false),
            new(ActNames.RaApplicationRefuse, "decision", JsonSerializer.Serialize(RaOffice.Rejection("不符"), ContractJson.Options), ["entered"], false),
            new(ActNames.RaApplicationEnter, "entry", """{"remark":"齐"}""", ["submitted"], false),
            new(ActNames.RaCodeRenew, "code", """{"reason":"丢失","identified":"回拨"}""", ["issued", "accepted"], true),
            new(ActNames.RaPairHandOver, "hand-over", """{"receivedBy":"赵经办","identified":"身份证"}""", ["issued"], true),
        ];
        var (cells, allowed, wrong) = (0, 0, new List<string>());
        foreach (var act in acts)
        {
            foreach (var (role, person) in people)
            {
                foreach (var state in States)
                {
                    await office.WriteAsync(session =>
                    {
                        session.Execute("UPDATE ra_applications SET state = @State WHERE id = @Id", new { State = state, filed.Id });
                        // Another approval each time: one approval is one order.
                        session.Execute("UPDATE ra_staff_acts SET statement = statement || '.' WHERE step = 'decision'");
                        session.Execute("UPDATE ra_deliveries SET used_at = NULL, receipt = NULL, confirmed_at = NULL, codes_made = 1");
                    });
                    var word = JsonNamingPolicy.KebabCaseLower.ConvertName(state.ToString());
                    var text = $"{word}/{(act.OnDelivery ? serial : filed.Digest)}";
                    var code = await office.Site.RefusedAsync(
                        $"/api/ra/applications/{filed.Id}/{act.Path}", person.Act(Rooms.Ra, act.Name, $"application/{filed.Id}", text, act.Payload, office.Clock.GetUtcNow()));
                    var mayRole = office.Context.Policy.Acts[act.Name].Roles.Contains(role);
                    var mayState = act.States.Contains(word);
                    cells++;
                    allowed += code is null ? 1 : 0;
                    string[] expected = mayRole && mayState ? [""] : role.Length == 0 ? ["person-unknown", "state-wrong"] : mayRole ? ["state-wrong"] : ["role-missing", "state-wrong"];
                    if (!expected.Contains(code ?? ""))
                    {
                        wrong.Add($"{act.Name} by {(role.Length == 0 ? "stranger" : role)} in {word}: {code ?? "allowed"}, expected {string.Join(" or ", expected)}");
                    }
                }
            }
        }

        Assert.Empty(wrong);
        Assert.Equal(8 * 5 * States.Length, cells);
        Assert.Equal(6 + 1 + 1 + 1 + 1 + 1 + 4 + 1, allowed);
    }

    private sealed record Cell(string Name, string Path, string Payload, string[] States, bool OnDelivery);
}
