using Hufu.Contracts;
using Hufu.Pki;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Renewal with the same key, inside its window, once.</summary>
public sealed class RenewalTests
{
    [Fact]
    [Clause("6.2.6.1-a")]
    public async Task The_window_is_open_from_30_days_before_to_30_days_after_the_end_to_the_second()
    {
        await using var office = await RaOffice.OpenAsync();
        office.Ca.Life = TimeSpan.FromDays(100);
        using var applicant = new Applicant();
        var (_, pair) = await office.AcceptedAsync(applicant);
        var end = Certificate.Decode(pair.SigningCertificate).NotAfter;
        var renewal = Renewal(pair, applicant);
        var before = await office.CountAsync("ra_applications");
        foreach (var closed in new[] { end.AddDays(-30).AddSeconds(-1), end.AddDays(30).AddSeconds(1), end.AddYears(1) })
        {
            office.Clock.Set(closed);
            Assert.Equal("outside-renewal-window", await RenewRefusedAsync(office, renewal));
        }

        Assert.Equal(before, await office.CountAsync("ra_applications"));
        office.Clock.Set(end.AddDays(30));
        Assert.Null(await RenewRefusedAsync(office, renewal));
        await office.WriteAsync(session => session.Execute("DELETE FROM ra_applications WHERE renewal_of IS NOT NULL"));
        office.Clock.Set(end.AddDays(-30));
        Assert.Null(await RenewRefusedAsync(office, renewal));
    }

    [Fact]
    [Clause("6.2.6.3-a")]
    [Clause("6.2.6.4-a")]
    public async Task A_renewal_is_vetted_issued_told_fetched_and_accepted_as_a_first_issue()
    {
        await using var office = await RaOffice.OpenAsync();
        office.Ca.Life = TimeSpan.FromDays(20);
        using var applicant = new Applicant();
        var (old, pair) = await office.AcceptedAsync(applicant);
        var renewal = Renewal(pair, applicant);
        var created = await office.Site.PostAsync<NewRenewal, ApplicationCreated>("/api/ra/renewals", renewal);
        Assert.Empty(created.EvidenceMissing);
        var filed = old with { Id = created.Id, Token = created.AccessToken, Request = renewal.Request, RenewalOf = renewal.Serial };
        Assert.Equal(ApplicationState.Submitted, (await office.StatusAsync(filed)).State);
        Assert.Equal(2, await office.CountAsync("ra_evidence", $"application = '{filed.Id}'"));
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed)));
        var renewed = await office.FetchAsync(filed, await office.CodeFromMailAsync(filed.Id));
        Assert.Equal(Certificate.Decode(pair.SigningCertificate).PublicKey, Certificate.Decode(renewed.SigningCertificate).PublicKey);
        Assert.Equal(RaOffice.SerialOf(pair), office.Ca.Orders.Last().RenewalOf);
        Assert.Equal(office.Ca.Orders.First().HolderIdentifier, office.Ca.Orders.Last().HolderIdentifier);
        applicant.Import(renewed);
        Assert.Equal(ApplicationState.Accepted, (await office.AcceptAsync(filed, renewed, applicant.Signer)).State);
        Assert.Equal(2, await office.CountAsync("outbox_item", "kind = 'fact:CertificateAccepted'"));

        // A second renewal of the old certificate is none; the renewed one can be renewed, and its challenge phrase is the old one.
        Assert.Equal("state-wrong", await RenewRefusedAsync(office, Renewal(pair, applicant)));
        Assert.Null(await RenewRefusedAsync(office, Renewal(renewed, applicant)));
        var revoked = await office.Site.PostAsync<SelfRevocation, PairRevoked>("/api/ra/revocations", new SelfRevocation(RaOffice.SerialOf(renewed), Applicant.Phrase, RevocationReason.Superseded));
        Assert.Equal(2, revoked.Serials.Count);
    }

    [Fact]
    [Clause("6.2.6.3-a")]
    public async Task R27_what_is_no_renewal_is_refused_and_nothing_stays_behind()
    {
        await using var office = await RaOffice.OpenAsync();
        office.Ca.Life = TimeSpan.FromDays(20);
        using Applicant applicant = new(), other = new(), third = new();
        var (filed, pair) = await office.AcceptedAsync(applicant);
        var (waiting, code) = await office.IssuedAsync(third);
        var good = Renewal(pair, applicant);
        var before = await office.LeftAsync();
        Assert.Equal("agreement-missing", await RenewRefusedAsync(office, good with { AgreementAccepted = false }));
        Assert.Equal("possession-not-proven", await RenewRefusedAsync(office, good with { Request = other.Request() }));
        Assert.Equal("possession-not-proven", await RenewRefusedAsync(office, good with { Request = Applicant.RequestBy(new BadSigner(applicant.Signer.PublicKey, data => other.Signer.Sign(data))) }));
        Assert.Equal("malformed", await RenewRefusedAsync(office, good with { Request = good.Request[..40] }));
        Assert.Equal("unknown-object", await RenewRefusedAsync(office, good with { Serial = "00" }));
        Assert.Equal("unknown-object", await RenewRefusedAsync(office, good with { Serial = new string('a', 9000) }));

        // Not accepted yet: the holder has no certificate to renew.
        var early = (await office.StatusAsync(waiting)).SigningSerial!;
        Assert.Equal("state-wrong", await RenewRefusedAsync(office, new NewRenewal(early, third.Request(), "1.0", true)));
        Assert.NotEmpty(code);
        Assert.Equal(before, await office.LeftAsync());

        // Of two at once one is taken.
        var two = await Task.WhenAll(RenewRefusedAsync(office, good), RenewRefusedAsync(office, good));
        Assert.Single(two, answer => answer is null);
        Assert.Single(two, answer => answer == "state-wrong");
        Assert.NotEmpty(filed.Id);
    }

    [Fact]
    [Clause("6.2.6.1-a")]
    public async Task No_renewal_after_revocation_at_whatever_step_it_is_noticed()
    {
        await using var office = await RaOffice.OpenAsync();
        office.Ca.Life = TimeSpan.FromDays(20);
        using Applicant applicant = new(), other = new();
        var (old, pair) = await office.AcceptedAsync(applicant);
        var renewal = Renewal(pair, applicant);
        var created = await office.Site.PostAsync<NewRenewal, ApplicationCreated>("/api/ra/renewals", renewal);
        var filed = old with { Id = created.Id, Token = created.AccessToken, Request = renewal.Request, RenewalOf = renewal.Serial };
        await office.EnterAsync(filed);
        await office.Site.PostAsync<SelfRevocation, PairRevoked>("/api/ra/revocations", new SelfRevocation(RaOffice.SerialOf(pair), Applicant.Phrase, RevocationReason.KeyCompromise));

        // Entered before, not approved after: and sent back, it cannot come in again.
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.DecideAsync(filed)));
        Assert.Equal("Entered", await office.StateAsync(filed));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed, office.Decision(filed, RaOffice.Rejection("证书已撤销")))));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.SubmitAsync(filed)));
        Assert.Equal("state-wrong", await RenewRefusedAsync(office, renewal));

        // A renewal that was refused makes room for another; then the first cannot come back beside it.
        var (second, secondPair) = await office.AcceptedAsync(other);
        var first = await office.Site.PostAsync<NewRenewal, ApplicationCreated>("/api/ra/renewals", Renewal(secondPair, other));
        var refused = second with { RenewalOf = RaOffice.SerialOf(secondPair), Id = first.Id, Token = first.AccessToken, Request = await office.ReadAsync(session => session.Scalar<byte[]>("SELECT request FROM ra_applications WHERE id = @Id", new { first.Id })) };
        await office.EnterAsync(refused);
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(refused, office.Decision(refused, RaOffice.Rejection("再来")))));
        Assert.Null(await RenewRefusedAsync(office, Renewal(secondPair, other)));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.SubmitAsync(refused)));
    }

    private static NewRenewal Renewal(FetchedPair pair, Applicant applicant) => new(RaOffice.SerialOf(pair), applicant.Request(), "1.0", true);

    private static Task<string?> RenewRefusedAsync(RaOffice office, NewRenewal renewal) => office.Site.RefusedAsync("/api/ra/renewals", renewal);
}
