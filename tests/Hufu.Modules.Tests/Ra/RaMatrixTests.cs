using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Records;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>
/// R22, the rest of registration: what applicants do × token × state, what staff do on other things than an application's way × role × state, and that no operation is in none of the matrices. A cell is one
/// HTTP call. <see cref="MatrixTests"/> has the acts on an application's way, <see cref="RaOpenDoorTests"/> the doors that no role opens.
/// </summary>
public sealed class RaMatrixTests
{
    private static readonly ApplicationState[] All = Enum.GetValues<ApplicationState>();

    private static readonly string[] InMatrixTests = ["RaRead", "RaException", "RaDecide", "RaEnter", "RaCodeRenew", "RaHandOver"];

    private static readonly Doing[] Applicants =
    [
        new("RaStatus", HttpMethod.Get, "", null, All),
        new("RaNotices", HttpMethod.Get, "/notices", null, All),
        new("RaLooks", HttpMethod.Get, "/looks", null, All),
        new("RaData", HttpMethod.Get, "/data", null, All),
        new("RaFee", HttpMethod.Get, "/fee", null, All),
        new("RaPayOpen", HttpMethod.Post, "/fee/payment", null, All),
        new("RaPayCheck", HttpMethod.Post, "/fee/check", null, All),
        new("RaDomainControl", HttpMethod.Get, "/domain-control", null, All),
        new("RaDataCorrect", HttpMethod.Post, "/data", new DataCorrection(new Dictionary<string, string> { ["agentPhone"] = "010-55667788" }), [ApplicationState.Issued, ApplicationState.Accepted]),
        new("RaCorrect", HttpMethod.Post, "/correction", new Correction(Applicant.Fields()), [ApplicationState.Draft, ApplicationState.Refused]),
        new("RaEvidence", HttpMethod.Put, "/evidence/licence", null, [ApplicationState.Draft, ApplicationState.Refused]),
        new("RaSubmit", HttpMethod.Post, "/submission", null, [ApplicationState.Draft, ApplicationState.Refused]),
        new("RaWithdraw", HttpMethod.Post, "/withdrawal", new Withdrawal(), [ApplicationState.Draft, ApplicationState.Submitted, ApplicationState.Entered, ApplicationState.Excepted, ApplicationState.Refused]),
    ];

    [Fact]
    [Clause("6.6.2.6-d")]
    public async Task R22_applicants_do_what_the_state_allows_with_their_own_token_and_nothing_else()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), other = new();
        var filed = await office.SubmitAsync(applicant);
        var stranger = await office.SubmitAsync(other);
        var wrong = new List<string>();
        foreach (var doing in Applicants)
        {
            foreach (var state in All)
            {
                foreach (var (token, own) in new[] { (filed.Token, true), (stranger.Token, false), ("", false) })
                {
                    await office.WriteAsync(session => session.Execute("UPDATE ra_applications SET state = @State, signing_serial = NULL WHERE id = @Id", new { State = state, filed.Id }));
                    using var request = new HttpRequestMessage(doing.Method, $"/api/ra/applications/{filed.Id}{doing.Path}")
                    {
                        Content = doing.Method == HttpMethod.Put ? new ByteArrayContent(RaOffice.Pdf) : doing.Body is null ? null : JsonContent.Create(doing.Body, doing.Body.GetType(), options: ContractJson.Options),
                    };
                    request.Headers.Authorization = token.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", token);
                    var code = await RaOffice.CodeOf(await office.Site.Client.SendAsync(request, RaOffice.Ct));
                    var may = own && doing.States.Contains(state);
                    var fits = !own ? code == "access-token-wrong" : may ? code is not ("state-wrong" or "access-token-wrong" or "malformed" or "fault") : code == "state-wrong";
                    if (!fits)
                    {
                        wrong.Add($"{doing.Name} in {state} {(own ? "by the applicant" : token.Length == 0 ? "without a token" : "by another")}: {code ?? "allowed"}");
                    }
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    [Clause("6.6.2.6-d")]
    public async Task R22_staff_act_on_cases_fees_disclosures_and_the_rest_exactly_where_policy_says()
    {
        using var folder = new TempFolder();
        await using var office = await RaOffice.OpenAsync(change: options => options with { SmsFolder = folder["sms"], SimulateSources = true });
        using Applicant applicant = new(), issued = new();
        var filed = await office.SubmitAsync(applicant);
        var (_, pair) = await office.AcceptedAsync(issued);
        office.Ca.GoAway();
        var opened = new NewCertificateCase(
            CertificateCaseKind.Recovery, RaOffice.SerialOf(pair), RevocationAsker.OrganisationRepresentative, office.Clock.GetUtcNow(), "介质损坏", "查验授权书原件");
        var id = (await office.Site.PostAsync<ActRequest, CertificateCase>("/api/ra/cases", office.Clerk.Act(Rooms.Ra, ActNames.RaCaseEnter, "case/new", opened, office.Clock.GetUtcNow()))).Id;
        var demand = new NewDisclosure(filed.Id, DisclosureGround.Judicial, "某某机关", "协助调查函", ["agentName"]);
        var disclosure = (await office.Site.PostAsync<ActRequest, DisclosureEntered>(
            "/api/ra/disclosures", office.Vetter.Act(Rooms.Ra, ActNames.RaDisclosureEnter, "disclosure/new", demand, office.Clock.GetUtcNow()))).Id;
        using TestPerson clerk = await office.InRoleAsync(Roles.EntryClerk, "另一录入"), vetter = await office.InRoleAsync(Roles.Vetter, "另一审核"), auditor = await office.InRoleAsync(Roles.Auditor, "钱审计"),
            administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务"), stranger = office.Ca.Room.Authority.Person("陌生人");
        (string Role, TestPerson Person)[] people = [(Roles.EntryClerk, clerk), (Roles.Vetter, vetter), (Roles.Auditor, auditor), (Roles.BusinessAdministrator, administrator), ("", stranger)];
        var application = $"/api/ra/applications/{filed.Id}";
        var letter = await office.ReadAsync(session => session.Scalar<string>("SELECT id FROM ra_notices LIMIT 1"));
        var batch = new NewBatch("organisation", "某机构", new string('a', 64), "1.0", true, false);
        Staff[] acts =
        [
            new("RaCaseDecide", ActNames.RaCaseApprove, $"/api/ra/cases/{id}/decision", $"case/{id}", new CaseDecision(true, "一致")),
            new("RaCaseDecide", ActNames.RaCaseRefuse, $"/api/ra/cases/{id}/decision", $"case/{id}", new CaseDecision(false, "不一致")),
            new("RaCaseClose", ActNames.RaCaseClose, $"/api/ra/cases/{id}/closing", $"case/{id}", new CaseClosing("R-1")),
            new("RaPay", ActNames.RaPaymentRecord, $"{application}/payment", $"fee/{filed.Id}", new Payment(20000, "转账", "T-1")),
            new("RaRefund", ActNames.RaRefundAsk, $"{application}/refund", $"fee/{filed.Id}", new Refund("未签发", true)),
            new("RaRefundApprove", ActNames.RaRefundApprove, $"{application}/refund/approval", $"fee/{filed.Id}", new RefundApproval("同意")),
            new("RaCasePage", ActNames.RaCasesRead, "/api/ra/cases/page", "cases/done", new CertificateCasePageQuery(CertificateCaseState.Done, 1, "矩阵")),
            new("RaCase", ActNames.RaCasesRead, $"/api/ra/cases/{id}/reading", $"case/{id}", new ReadingPurpose("矩阵")),
            new("RaPapers", ActNames.RaPapersRead, "/api/ra/destructions/reading", "destructions/proposed", new PaperDestructionQuery(PaperDestructionState.Proposed, 1, "矩阵")),
            new("RaPapersRead", ActNames.RaPapersRead, "/api/ra/destructions/Dmatrix/reading", "papers/Dmatrix", new ReadingPurpose("矩阵")),
            new("RaDeliveries", ActNames.RaDeliveriesRead, "/api/ra/deliveries/reading", "deliveries/issued", new DeliveryQuery(1, "矩阵")),
            new("RaDelivery", ActNames.RaDeliveriesRead, $"{application}/delivery/reading", $"application/{filed.Id}", new ReadingPurpose("矩阵")),
            new("RaFees", ActNames.RaFeesRead, "/api/ra/fees/reading", "fees/due", new FeeQuery(FeeState.Due, 1, "矩阵")),
            new("RaFeeRead", ActNames.RaFeesRead, $"{application}/fee/reading", $"fee/{filed.Id}", new ReadingPurpose("矩阵")),
            new("RaOfficePeople", ActNames.RaOfficesRead, "/api/ra/offices/people", "offices/people", new OfficePeopleQuery(1)),
            new("RaDisclosures", ActNames.RaDisclosuresRead, "/api/ra/disclosures/reading", "disclosures/entered", new DisclosureQuery(DisclosureState.Entered, 1, "矩阵")),
            new("RaDisclosure", ActNames.RaDisclosuresRead, $"/api/ra/disclosures/{disclosure}/reading", $"disclosure/{disclosure}", new ReadingPurpose("矩阵")),
            new("RaDisclosureRelease", ActNames.RaDisclosureRelease, $"/api/ra/disclosures/{disclosure}/release", $"disclosure/{disclosure}", new DisclosureRelease("已核对")),
            new("RaSource", ActNames.RaSourceAsk, $"{application}/sources/business-register", $"application/{filed.Id}", new SourceQuestion("核验")),
            new("RaCallBack", ActNames.RaCallBackSend, $"{application}/call-backs", $"application/{filed.Id}", new CallBackAsk("authorised", "13911112222", "114")),
            new("RaNoticesRead", ActNames.RaNoticesRead, $"{application}/notices/reading", $"application/{filed.Id}", new ReadingPurpose("矩阵")),
            new("RaDisclosureEnter", ActNames.RaDisclosureEnter, "/api/ra/disclosures", "disclosure/new", demand),
            new("RaCaseEnter", ActNames.RaCaseEnter, "/api/ra/cases", "case/new", opened),
            new("RaCases", ActNames.RaCasesRead, "/api/ra/cases/reading", "cases/done", new CertificateCaseQuery(CertificateCaseState.Done, 1)),
            new("RaQueue", ActNames.RaQueueRead, "/api/ra/queue", "queue/submitted", new QueueQuery(ApplicationState.Submitted, 1), Roles.EntryClerk), // R25: a queue opens to those who may do its next act
            new("RaQueue", ActNames.RaQueueRead, "/api/ra/queue", "queue/entered", new QueueQuery(ApplicationState.Entered, 1), Roles.Vetter),
            new("RaPapersPropose", ActNames.RaPapersPropose, "/api/ra/destructions", "papers/new", new NewPaperDestruction(1, "矩阵")),
            new("RaPapersApprove", ActNames.RaPapersApprove, "/api/ra/destructions/Dmatrix/approval", "papers/Dmatrix", new PaperDestructionStep("矩阵")),
            new("RaPapersDestroy", ActNames.RaPapersDestroy, "/api/ra/destructions/Dmatrix/destruction", "papers/Dmatrix", new PaperDestructionStep("矩阵")),
            new("RaLetterRead", ActNames.RaNoticesRead, $"{application}/notices/{letter}/letter", $"application/{filed.Id}", new ReadingPurpose("矩阵")),
            new("RaReadEvidence", ActNames.RaApplicationRead, $"{application}/evidence/licence/reading", $"application/{filed.Id}", new ReadingPurpose("矩阵")),
            new("RaEventTell", ActNames.RaEventTell, "/api/ra/events", "event/new", new HolderEvent("矩阵测试：请忽略本通知。")),
            new("RaStatistics", ActNames.RaStatisticsRead, "/api/ra/statistics", "statistics/registration", new StatisticsQuery(new DateOnly(2026, 1, 1), new DateOnly(2026, 1, 31))),
            new("RaSearch", ActNames.RaApplicationSearch, "/api/ra/search", "search/applications", new SearchQuery(1, "矩阵", Id: filed.Id)),
            new("RaOfficeOpen", ActNames.RaOfficeOpen, "/api/ra/offices", "office/matrix", new NewOffice("matrix", "nowhere", OfficeKind.Regional, "某机构", "某地", [])),
            new("RaOfficeStaff", ActNames.RaOfficeStaff, "/api/ra/offices/nowhere/staff", "office/nowhere", new OfficePlacement("P0009")),
            new("RaOfficeClose", ActNames.RaOfficeClose, "/api/ra/offices/nowhere/closing", "office/nowhere", new OfficeClosing("矩阵")),
            new("RaBatchOpen", ActNames.RaBatchOpen, "/api/ra/batches", $"batch/{batch.FileDigest}", batch),
            new("RaCounterApply", ActNames.RaApplicationTake, "/api/ra/counter/applications", "application/new", new CounterApplication(applicant.Application(), "张三", "身份证原件")),
        ];
        var wrong = new List<string>();
        foreach (var act in acts)
        {
            var states = office.Context.Policy.States.TryGetValue(act.Act, out var known) ? known.All : ["-"];
            foreach (var (role, person) in people)
            {
                foreach (var state in states)
                {
                    await office.WriteAsync(session => Put(session, act.Object, state, filed.Id, id, disclosure));
                    var text = act.Object.StartsWith("application/A", StringComparison.Ordinal) && states.Count > 1 ? $"{state}/{filed.Digest}"
                        : act.Object == "papers/Dmatrix" && states.Count > 1 ? $"{state}/0" : state;
                    var code = await office.Site.RefusedAsync(act.Path, person.Act(Rooms.Ra, act.Act, act.Object, text, JsonSerializer.Serialize(act.Payload, act.Payload.GetType(), ContractJson.Options), office.Clock.GetUtcNow()));
                    var mayRole = act.Only is { } only ? role == only : office.Context.Policy.Acts[act.Act].Roles.Contains(role);
                    var mayState = states.Count == 1 || office.Context.Policy.StatesOf(act.Act).Contains(state);
                    var fits = mayRole && mayState ? code is not ("role-missing" or "state-wrong" or "person-unknown" or "statement-mismatch" or "malformed" or "fault")
                        : mayRole ? code == "state-wrong"
                        : code == "state-wrong" ? !mayState : code == (role.Length == 0 ? "person-unknown" : "role-missing");
                    if (!fits)
                    {
                        wrong.Add($"{act.Act} by {(role.Length == 0 ? "stranger" : role)} in {state}: {code ?? "allowed"}");
                    }
                }
            }
        }

        Assert.Empty(wrong);

        // An operation that stands in no matrix fails here until it is placed.
        var placed = RaOpenDoorTests.Doors.Concat(InMatrixTests).Concat(Applicants.Select(doing => doing.Name)).Concat(acts.Select(act => act.Name)).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(office.Operations(), name => name.StartsWith("Ra", StringComparison.Ordinal) && !placed.Contains(name));
        Assert.Empty(placed.Except(office.Operations()));
    }

    private static void Put(Session session, string @object, string state, string application, string @case, string disclosure)
    {
        var word = string.Concat(state.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
        switch (@object.Split('/')[0])
        {
            case "case" when state != "-":
                session.Execute("UPDATE ra_cases SET state = @word WHERE id = @case", new { word, @case });
                break;
            case "fee" when state != "-":
                session.Execute("UPDATE ra_fees SET state = @word WHERE application = @application", new { word, application });
                break;
            case "papers" when state != "-":
                session.Execute("INSERT INTO ra_destructions (id, state, digest, reason, proposed_at) VALUES ('Dmatrix', @state, '0', '', 0) ON CONFLICT (id) DO UPDATE SET state = excluded.state", new { state });
                session.Execute("DELETE FROM ra_destruction_hands");
                break;
            case "disclosure" when state != "-":
                session.Execute("UPDATE ra_disclosures SET state = @state WHERE id = @disclosure", new { state, disclosure });
                break;
            case "application" when state != "-":
                session.Execute("UPDATE ra_applications SET state = @word WHERE id = @application", new { word, application });
                session.Execute("DELETE FROM ra_call_backs");
                break;
            default:
                break;
        }
    }

    private sealed record Doing(string Name, HttpMethod Method, string Path, object? Body, ApplicationState[] States);

    private sealed record Staff(string Name, string Act, string Path, string Object, object Payload, string? Only = null);
}
