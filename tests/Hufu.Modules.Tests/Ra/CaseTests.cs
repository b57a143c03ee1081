using System.Text;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Testing;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Re-key, renewal's papers, reminders, and what others than the holder ask for: entered and decided by two people, with proofs and clocks.</summary>
public sealed class CaseTests
{
    [Fact]
    [Clause("6.1.3.3-a")]
    [Clause("6.1.3.3-b")]
    [Clause("6.2.6.3-b")]
    public async Task A_new_key_is_signed_for_by_the_old_one_and_valid_papers_are_not_asked_again()
    {
        await using var office = await RaOffice.OpenAsync();
        office.Ca.Life = TimeSpan.FromDays(100);
        using Applicant applicant = new(), fresh = new(), third = new();
        var (old, pair) = await office.AcceptedAsync(applicant);
        var serial = RaOffice.SerialOf(pair);
        var request = fresh.Request();
        var good = Rekey(serial, request, applicant.Signer);
        Assert.Equal("signature-invalid", await RekeyAsync(office, good with { OldKeySignature = fresh.Signer.Sign(Encoding.UTF8.GetBytes(NewRekey.TextToSign(serial, request))) }));
        Assert.Equal("signature-invalid", await RekeyAsync(office, good with { OldKeySignature = applicant.Signer.Sign(Encoding.UTF8.GetBytes(NewRekey.TextToSign(serial, third.Request()))) }));
        Assert.Equal("key-reused", await RekeyAsync(office, Rekey(serial, applicant.Request(), applicant.Signer)));
        Assert.Equal("agreement-missing", await RekeyAsync(office, good with { AgreementAccepted = false }));
        Assert.Equal("unknown-object", await RekeyAsync(office, good with { Serial = "00" }));

        // With a valid certificate: papers are taken over, clerk and vetter act (R15), the CA gets a new pair's order for the same holder.
        var created = await office.Site.PostAsync<NewRekey, ApplicationCreated>("/api/ra/rekeys", good);
        Assert.Empty(created.EvidenceMissing);
        var filed = old with { Id = created.Id, Token = created.AccessToken, Request = request };
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed)));
        await office.UntilStateAsync(filed, ApplicationState.Issued);
        var order = office.Ca.Orders.Last();
        Assert.Equal((null, office.Ca.Orders.First().HolderIdentifier), (order.RenewalOf, order.HolderIdentifier));
        Assert.Equal("state-wrong", await RekeyAsync(office, Rekey(serial, third.Request(), applicant.Signer)));

        // Once it has expired: everything of a first application is asked again.
        using Applicant late = new(), next = new();
        var (_, expiring) = await office.AcceptedAsync(late);
        office.Clock.Set(Certificate.Decode(expiring.SigningCertificate).NotAfter.AddYears(1));
        var again = await office.Site.PostAsync<NewRekey, ApplicationCreated>("/api/ra/rekeys", Rekey(RaOffice.SerialOf(expiring), next.Request(), late.Signer));
        Assert.Equal(["licence", "authorisation"], again.EvidenceMissing);
    }

    [Fact]
    [Clause("6.1.3.3-c")]
    public async Task No_new_key_after_revocation()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), fresh = new();
        var (_, pair) = await office.AcceptedAsync(applicant);
        var serial = RaOffice.SerialOf(pair);
        await office.Site.PostAsync<SelfRevocation, PairRevoked>("/api/ra/revocations", new SelfRevocation(serial, Applicant.Phrase, RevocationReason.KeyCompromise));
        Assert.Equal("state-wrong", await RekeyAsync(office, Rekey(serial, fresh.Request(), applicant.Signer)));
    }

    [Fact]
    [Clause("6.2.7.3-e")]
    public async Task The_holder_revokes_with_a_signature()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), other = new();
        var (_, pair) = await office.AcceptedAsync(applicant);
        var serial = RaOffice.SerialOf(pair);
        var now = office.Clock.GetUtcNow();
        Assert.Equal("signature-invalid", await office.Site.RefusedAsync("/api/ra/revocations/signed", Signed(other.Signer, now)));
        Assert.Equal("statement-stale", await office.Site.RefusedAsync("/api/ra/revocations/signed", Signed(applicant.Signer, now.AddMinutes(-6))));
        Assert.Equal("signature-invalid", await office.Site.RefusedAsync("/api/ra/revocations/signed", Signed(applicant.Signer, now) with { Reason = RevocationReason.Superseded }));
        Assert.Equal(2, (await office.Site.PostAsync<SignedRevocation, PairRevoked>("/api/ra/revocations/signed", Signed(applicant.Signer, now))).Serials.Count);
        Assert.Equal("holder, signature", office.Ca.Revocations.Single().RequestedBy);

        SignedRevocation Signed(ISigner signer, DateTimeOffset at) => new(
            serial, RevocationReason.KeyCompromise, at, signer.Sign(Encoding.UTF8.GetBytes(SignedRevocation.TextToSign(serial, RevocationReason.KeyCompromise, at))));
    }

    [Fact]
    [Clause("6.1.3.4-a")]
    [Clause("6.1.3.4-b")]
    [Clause("6.2.7.2-a")]
    public async Task Others_ask_through_an_administrator_and_a_second_person_decides()
    {
        await using var office = await RaOffice.OpenAsync();
        using var second = await office.InRoleAsync(Roles.Vetter, "周复核");
        using Applicant applicant = new(), kept = new();
        var (_, pair) = await office.AcceptedAsync(applicant);
        var (_, keptPair) = await office.AcceptedAsync(kept);
        var asked = new NewCertificateCase(
            CertificateCaseKind.Revocation, RaOffice.SerialOf(pair), RevocationAsker.OrganisationRepresentative, office.Clock.GetUtcNow(), "经办人离职", "查验授权书原件并回拨总机", RevocationGround.JobChanged);
        Assert.Equal("field-invalid", await EnterAsync(asked with { Asker = RevocationAsker.Holder })); // an organisation's certificate is its representative's to revoke
        Assert.Equal("field-missing", await EnterAsync(asked with { Proof = null }));
        Assert.Equal("field-missing", await EnterAsync(asked with { Ground = null }));
        Assert.Equal("field-invalid", await EnterAsync(asked with { Reason = " " }));
        Assert.Equal("field-invalid", await EnterAsync(asked with { AskedAt = office.Clock.GetUtcNow().AddHours(1) }));
        Assert.Equal("unknown-object", await EnterAsync(asked with { Serial = "00" }));
        var entered = await office.Site.PostAsync<ActRequest, CertificateCase>("/api/ra/cases", Entry(asked, office.Vetter));
        Assert.Equal(asked.AskedAt.AddHours(24), entered.Due);
        Assert.Equal("same-person", await DecideAsync(entered.Id, true, office.Vetter));
        Assert.Equal("role-missing", await DecideAsync(entered.Id, true, office.Clerk));
        Assert.Null(await DecideAsync(entered.Id, true, second));
        Assert.Equal("state-wrong", await DecideAsync(entered.Id, true, second));
        await office.UntilAsync(async () => await office.CountAsync("ra_cases", "state = 'Done'") == 1, "the case done");
        var order = office.Ca.Revocations.Single();
        Assert.Equal((RevocationReason.AffiliationChanged, RevocationGround.JobChanged, RevocationAsker.OrganisationRepresentative), (order.Reason, order.Case!.Ground, order.Case.Asker));

        // CA or RA, sure of a reason: eight hours, and the holder is not authenticated.
        var authority = asked with { Serial = RaOffice.SerialOf(keptPair), Asker = RevocationAsker.Authority, Proof = null, Ground = RevocationGround.DutiesNotMet };
        var fast = await office.Site.PostAsync<ActRequest, CertificateCase>("/api/ra/cases", Entry(authority, office.Clerk));
        Assert.Equal(authority.AskedAt.AddHours(8), fast.Due);
        Assert.Null(await DecideAsync(fast.Id, false, office.Vetter));
        await office.MailAsync(office.Ca.Orders.Last().Application, "未通过审核");
        var refused = await office.Site.PostAsync<ActRequest, List<CertificateCase>>(
            "/api/ra/cases/reading", office.Clerk.Act(Rooms.Ra, ActNames.RaCasesRead, "cases/refused", new CertificateCaseQuery(CertificateCaseState.Refused, 10), office.Clock.GetUtcNow()));
        Assert.Equal((fast.Id, "经办人离职", "不符合条件"), (refused.Single().Id, refused[0].Reason, refused[0].Outcome));

        ActRequest Entry(NewCertificateCase what, TestPerson by) => by.Act(Rooms.Ra, ActNames.RaCaseEnter, "case/new", what, office.Clock.GetUtcNow());

        Task<string?> EnterAsync(NewCertificateCase what) => office.Site.RefusedAsync("/api/ra/cases", Entry(what, office.Clerk));

        Task<string?> DecideAsync(string id, bool approve, TestPerson by) => office.Site.RefusedAsync(
            $"/api/ra/cases/{id}/decision", by.Act(Rooms.Ra, approve ? ActNames.RaCaseApprove : ActNames.RaCaseRefuse, $"case/{id}", new CaseDecision(approve, approve ? "核对原件一致" : "不符合条件"), office.Clock.GetUtcNow(), "entered"));
    }

    [Fact]
    [Clause("6.2.8-b")]
    public async Task A_recovery_is_reviewed_here_and_done_by_the_key_centre()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var (filed, pair) = await office.AcceptedAsync(applicant);
        var asked = new NewCertificateCase(
            CertificateCaseKind.Recovery, RaOffice.SerialOf(pair), RevocationAsker.OrganisationRepresentative, office.Clock.GetUtcNow(), "介质损坏", "查验授权书原件");
        Assert.Equal("field-invalid", await office.Site.RefusedAsync("/api/ra/cases", office.Clerk.Act(Rooms.Ra, ActNames.RaCaseEnter, "case/new", asked with { Asker = RevocationAsker.Department }, office.Clock.GetUtcNow())));
        var entered = await office.Site.PostAsync<ActRequest, CertificateCase>("/api/ra/cases", office.Clerk.Act(Rooms.Ra, ActNames.RaCaseEnter, "case/new", asked, office.Clock.GetUtcNow()));
        Assert.Equal("state-wrong", await CloseAsync("approved"));
        await office.Site.PostAsync<ActRequest, CertificateCase>(
            $"/api/ra/cases/{entered.Id}/decision", office.Vetter.Act(Rooms.Ra, ActNames.RaCaseApprove, $"case/{entered.Id}", new CaseDecision(true, "一致"), office.Clock.GetUtcNow(), "entered"));
        Assert.Null(await CloseAsync("approved"));
        Assert.Contains("R-17", await office.MailAsync(filed.Id, "密钥恢复"), StringComparison.Ordinal);

        Task<string?> CloseAsync(string state) => office.Site.RefusedAsync(
            $"/api/ra/cases/{entered.Id}/closing", office.Clerk.Act(Rooms.Ra, ActNames.RaCaseClose, $"case/{entered.Id}", new CaseClosing("R-17"), office.Clock.GetUtcNow(), state));
    }

    [Fact]
    [Clause("6.2.6.1-a")]
    public async Task Holders_are_reminded_60_30_and_7_days_before_the_end_once_each_and_staff_of_deadlines()
    {
        await using var office = await RaOffice.OpenAsync();
        office.Ca.Life = TimeSpan.FromDays(100);
        using Applicant applicant = new(), waiting = new();
        var (filed, pair) = await office.AcceptedAsync(applicant);
        var end = Certificate.Decode(pair.SigningCertificate).NotAfter;
        foreach (var (days, count) in new[] { (61, 0), (60, 1), (45, 1), (30, 2), (7, 3), (1, 3) })
        {
            office.Clock.Set(end.AddDays(-days));
            await office.UntilAsync(
                () => Task.FromResult(office.Mails(filed.Id).Count(mail => mail.Contains("天后到期", StringComparison.Ordinal) || mail.Contains("Renew it online", StringComparison.Ordinal)) == count),
                $"{count} reminders at {days} days", TimeSpan.FromSeconds(61));
        }

        var late = await office.SubmitAsync(waiting);
        office.Clock.Advance(TimeSpan.FromDays(3));
        await office.UntilAsync(async () => await office.CountAsync("ra_reminders", $"object = '{late.Id}' AND kind = 'overdue'") == 1, "the escalation", TimeSpan.FromSeconds(61));
        Assert.Contains(await office.LedgerAsync(), line => line.GetProperty("act").GetString() == "ra.deadline.remind");
    }

    private static NewRekey Rekey(string serial, byte[] request, ISigner old) => new(serial, request, old.Sign(Encoding.UTF8.GetBytes(NewRekey.TextToSign(serial, request))), "1.0", true);

    private static Task<string?> RekeyAsync(RaOffice office, NewRekey rekey) => office.Site.RefusedAsync("/api/ra/rekeys", rekey);
}
