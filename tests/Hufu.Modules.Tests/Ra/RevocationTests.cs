using Hufu.Contracts;
using Xunit;
using RevocationReason = Hufu.Contracts.RevocationReason;

namespace Hufu.Modules.Tests.Ra;

/// <summary>The holder revokes with the challenge phrase; the CA revokes by itself.</summary>
public sealed class RevocationTests
{
    [Fact]
    [Clause("6.2.7.3-d")]
    [Clause("6.2.7.3-e")]
    [Clause("6.2.7.3-c")]
    [Clause("7.2.9-c")]
    public async Task The_right_phrase_revokes_at_once_and_as_often_as_it_is_asked_for_once()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var (filed, pair) = await office.AcceptedAsync(applicant);
        var asked = office.Clock.GetUtcNow();
        var ask = new SelfRevocation(RaOffice.SerialOf(pair), Applicant.Phrase, RevocationReason.KeyCompromise);
        var revoked = await office.Site.PostAsync<SelfRevocation, PairRevoked>("/api/ra/revocations", ask);
        Assert.Equal(2, revoked.Serials.Count);
        Assert.Equal("Revoked", await office.StateAsync(filed));
        var order = Assert.Single(office.Ca.Revocations);
        Assert.Equal((ask.Serial, ask.Reason, asked), (order.Serial, order.Reason, order.RequestedAt));
        Assert.Contains("challenge phrase", order.RequestedBy, StringComparison.Ordinal);
        await office.MailAsync(filed.Id, ask.Serial);

        // Again, later, after a restart, and when the CA's fact comes in as well: the first answer, one order, one notice.
        office.Clock.Advance(TimeSpan.FromHours(1));
        await office.ReopenAsync();
        var again = await office.Site.PostAsync<SelfRevocation, PairRevoked>("/api/ra/revocations", ask with { Reason = RevocationReason.Superseded });
        Assert.Equal(revoked.RevokedAt, again.RevokedAt);
        Assert.Equal(revoked.Serials, again.Serials);
        await office.Ca.PublishAsync(new CertificateRevoked("operational", ask.Serial, revoked.RevokedAt, ask.Reason));
        await office.UntilAsync(async () => await office.CountAsync("messaging_receipt") > 0, "the fact", TimeSpan.FromSeconds(1));
        Assert.Single(office.Ca.Revocations);
        Assert.Equal(1, await office.CountAsync("ra_notices", "subject LIKE '%撤销%'"));
        Assert.Contains(await office.LedgerAsync(), line => line.GetProperty("act").GetString() == "ra.revocation.self" && line.GetProperty("detail").GetProperty("askedAt").GetString() == asked.ToString("O"));
    }

    [Fact]
    [Clause("6.2.7.3-d")]
    public async Task R27_wrong_phrases_are_counted_until_self_service_is_shut()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), other = new();
        var (filed, pair) = await office.AcceptedAsync(applicant);
        var good = new SelfRevocation(RaOffice.SerialOf(pair), Applicant.Phrase, RevocationReason.Unspecified);
        Assert.Equal("unknown-object", await RefusedAsync(office, good with { Serial = "00" }));
        Assert.Equal("unknown-object", await RefusedAsync(office, good with { Serial = good.Serial + new string('0', 9000) }));
        Assert.Equal("challenge-wrong", await RefusedAsync(office, good with { ChallengePhrase = new string('长', 20_000) }));
        for (var i = 1; i < 5; i++)
        {
            if (i == 3)
            {
                await office.ReopenAsync();
            }

            Assert.Equal("challenge-wrong", await RefusedAsync(office, good with { ChallengePhrase = Applicant.Phrase + i }));
            Assert.Equal(4 - i, await office.ReadAsync(session => session.Scalar<long>("SELECT tries_left FROM ra_challenges")));
        }

        Assert.Equal("tries-exhausted", await RefusedAsync(office, good));
        Assert.Equal("Accepted", await office.StateAsync(filed));
        Assert.Empty(office.Ca.Revocations);
        Assert.Equal(0, await office.CountAsync("ra_revocations"));
        Assert.Equal(5, (await office.LedgerAsync()).Count(line => line.GetProperty("act").GetString() == "ra.revocation.self" && line.GetProperty("outcome").GetString() == "refused"));

        // A stranger can use the tries up, and cannot end the holder's right: they are back an hour after the last one.
        office.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("tries-exhausted", await RefusedAsync(office, good));
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("challenge-wrong", await RefusedAsync(office, good with { ChallengePhrase = "不是这一句话" }));
        Assert.Equal(4, await office.ReadAsync(session => session.Scalar<long>("SELECT tries_left FROM ra_challenges WHERE application = @Id", new { filed.Id })));

        // The right phrase before that gives the tries back. Not before there is a certificate.
        var draft = await office.SubmitAsync(other);
        Assert.Null((await office.StatusAsync(draft)).SigningSerial);
        await office.WriteAsync(session => session.Execute("UPDATE ra_challenges SET tries_left = 1"));
        Assert.Null(await RefusedAsync(office, good));
        Assert.Equal(5, await office.ReadAsync(session => session.Scalar<long>("SELECT tries_left FROM ra_challenges WHERE application = @Id", new { filed.Id })));
    }

    [Fact]
    [Clause("6.2.7.3-d")]
    public async Task A_revocation_reaches_the_CA_by_itself_once_it_is_back()
    {
        await using var office = await RaOffice.OpenAsync(revocationWait: TimeSpan.FromMilliseconds(300));
        using var applicant = new Applicant();
        var (filed, pair) = await office.AcceptedAsync(applicant);
        office.Ca.GoAway();
        var ask = new SelfRevocation(RaOffice.SerialOf(pair), Applicant.Phrase, RevocationReason.KeyCompromise);
        Assert.Equal("room-unreachable", await RefusedAsync(office, ask));
        Assert.Equal("room-unreachable", await RefusedAsync(office, ask));
        Assert.Equal("Accepted", await office.StateAsync(filed));
        Assert.Equal(1, await office.CountAsync("outbox_item", "kind = 'order:RevokePair'"));

        // Nobody asks any more, and this process has ended and begun again: it is revoked all the same.
        await office.ReopenAsync();
        office.Ca.ComeBack();
        await office.UntilStateAsync(filed, ApplicationState.Revoked, TimeSpan.FromSeconds(1));
        Assert.Single(office.Ca.Revocations);
        await office.MailAsync(filed.Id, ask.Serial);
        Assert.Null(await RefusedAsync(office, ask));
        Assert.Single(office.Ca.Revocations);
    }

    [Fact]
    public async Task What_the_CA_refuses_is_told_and_can_be_asked_for_again()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var (filed, pair) = await office.AcceptedAsync(applicant);
        var ask = new SelfRevocation(RaOffice.SerialOf(pair), Applicant.Phrase, RevocationReason.KeyCompromise);
        office.Ca.Refuse.Enqueue(RefusalCode.CertificateNotValid);
        Assert.Equal("certificate-not-valid", await RefusedAsync(office, ask));
        Assert.Equal("Accepted", await office.StateAsync(filed));
        Assert.Equal(0, await office.CountAsync("ra_revocations"));
        Assert.Null(await RefusedAsync(office, ask));
        Assert.Equal("Revoked", await office.StateAsync(filed));
    }

    [Fact]
    [Clause("6.2.7.3-c")]
    public async Task What_the_CA_revokes_the_holder_is_told_and_staff_cannot_act_any_more()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), other = new();
        var (filed, pair) = await office.AcceptedAsync(applicant);
        var waiting = await office.SubmitAsync(other);
        await office.Ca.PublishAsync(new AuthorityCertified("operational", office.Ca.Room.Authority.Ca.Encode()));
        await office.Ca.PublishAsync(new CertificateRevoked("operational", RaOffice.SerialOf(pair), office.Clock.GetUtcNow(), RevocationReason.PrivilegeWithdrawn));
        await office.Ca.PublishAsync(new CertificateRevoked("operational", office.Clerk.Certificate!.SerialHex, office.Clock.GetUtcNow(), RevocationReason.AffiliationChanged));
        await office.Ca.PublishAsync(new CertificateRevoked("operational", "0102030405", office.Clock.GetUtcNow(), RevocationReason.Unspecified));
        await office.UntilStateAsync(filed, ApplicationState.Revoked, TimeSpan.FromSeconds(1));
        await office.MailAsync(filed.Id, RaOffice.SerialOf(pair));
        await office.UntilAsync(async () => (await office.QueueAsync(office.Clerk, ApplicationState.Submitted)).Refused == "certificate-not-valid", "the clerk's certificate is void", TimeSpan.FromSeconds(1));
        Assert.Equal("certificate-not-valid", await RaOffice.CodeOf(await office.EnterAsync(waiting)));

        // Asked for by phrase afterwards: done already, and when.
        Assert.Null(await RefusedAsync(office, new SelfRevocation(RaOffice.SerialOf(pair), Applicant.Phrase, RevocationReason.Unspecified)));
        Assert.Empty(office.Ca.Revocations);
    }

    private static Task<string?> RefusedAsync(RaOffice office, SelfRevocation revocation) => office.Site.RefusedAsync("/api/ra/revocations", revocation);
}
