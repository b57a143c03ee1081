using Hufu.Contracts;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>From approval to pair, whatever happens to the CA and to this process on the way.</summary>
public sealed class IssuingTests
{
    [Fact]
    [Clause("6.2.3.1-a")]
    public async Task R03_an_approval_leaves_exactly_one_sealed_order_in_its_own_transaction()
    {
        await using var office = await RaOffice.OpenAsync();
        office.Ca.GoAway();
        using var applicant = new Applicant();
        var filed = await office.SubmitAsync(applicant);
        await office.EnterAsync(filed);

        // Whatever keeps the order from the outbox keeps the approval from being: here a trigger on its table.
        await office.WriteAsync(session => session.Execute("CREATE TRIGGER broken BEFORE INSERT ON outbox_item BEGIN SELECT RAISE(ABORT, 'full'); END"));
        Assert.NotNull(await RaOffice.CodeOf(await office.DecideAsync(filed)));
        Assert.Equal("Entered", await office.StateAsync(filed));
        Assert.Equal(0, await office.CountAsync("ra_staff_acts", "step = 'decision'"));
        await office.WriteAsync(session => session.Execute("DROP TRIGGER broken"));

        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed)));
        Assert.Equal("Approved", await office.StateAsync(filed));
        Assert.Equal(1, await office.CountAsync("outbox_item", "kind = 'order:IssuePair' AND state = 'waiting'"));
        Assert.Equal("state-wrong", await RaOffice.CodeOf(await office.DecideAsync(filed)));
        Assert.Equal(1, await office.CountAsync("outbox_item"));

        // The CA is back: the order goes out by itself, and what comes is kept.
        office.Ca.ComeBack();
        await office.UntilStateAsync(filed, ApplicationState.Issued, TimeSpan.FromSeconds(1));
        var order = Assert.Single(office.Ca.Orders);
        Assert.Equal((filed.Id, "organisation", null), (order.Application, order.Profile, order.RenewalOf));
        Assert.Equal(filed.Fields, order.Fields);
        Assert.Equal(filed.Request, order.Request);
        var status = await office.StatusAsync(filed);
        Assert.NotNull(status.SigningSerial);
        Assert.NotNull(status.EncryptionSerial);
        Assert.NotEqual(status.SigningSerial, status.EncryptionSerial);
    }

    [Fact]
    public async Task R03_a_crash_between_approval_and_reply_gives_one_pair()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        office.Ca.GoAway();
        var filed = await office.ApprovedAsync(applicant);
        await office.ReopenAsync();
        Assert.Equal("Approved", await office.StateAsync(filed));

        // The CA carries the order out, but its reply meets a room that is gone: the same again after the next start.
        await office.WriteAsync(session => session.Execute("CREATE TRIGGER broken BEFORE INSERT ON ra_deliveries BEGIN SELECT RAISE(ABORT, 'gone'); END"));
        office.Ca.ComeBack();
        await office.UntilAsync(() => Task.FromResult(!office.Ca.Orders.IsEmpty), "the order at the CA", TimeSpan.FromSeconds(1));
        await office.UntilAsync(async () => await office.CountAsync("outbox_item", "state = 'waiting' AND tries > 1") == 1, "the reply did not get in", TimeSpan.FromSeconds(1));
        Assert.Equal("Approved", await office.StateAsync(filed));
        Assert.Equal(0, await office.CountAsync("ra_notices"));
        await office.WriteAsync(session => session.Execute("DROP TRIGGER broken"));
        await office.ReopenAsync();
        await office.UntilStateAsync(filed, ApplicationState.Issued, TimeSpan.FromSeconds(1));
        Assert.Single(office.Ca.Orders);
        Assert.Equal(1, await office.CountAsync("ra_deliveries"));
        Assert.Equal(1, await office.CountAsync("ra_notices", "template = 'issued'"));

        // And once more from its files: nothing is done twice.
        await office.ReopenAsync();
        await office.FetchAsync(filed, await office.CodeFromMailAsync(filed.Id));
        Assert.Single(office.Ca.Orders);
        Assert.Single(office.Mails(filed.Id));
    }

    [Fact]
    public async Task A_reply_that_arrives_twice_counts_once()
    {
        await using var office = await RaOffice.OpenAsync();
        using var applicant = new Applicant();
        var filed = await office.ApprovedAsync(applicant);
        await office.UntilStateAsync(filed, ApplicationState.Issued);
        var serial = (await office.StatusAsync(filed)).SigningSerial;
        var code = await office.CodeFromMailAsync(filed.Id);

        // The order waits again, as if its removal had been lost: the CA's receipt answers, and nothing changes here.
        await office.WriteAsync(session => session.Execute("UPDATE outbox_item SET state = 'waiting', due = 0, tries = 0 WHERE kind = 'order:IssuePair'"));
        await office.ReopenAsync();
        await office.UntilAsync(async () => await office.CountAsync("outbox_item", "state = 'waiting' AND kind = 'order:IssuePair'") == 0, "the second reply", TimeSpan.FromSeconds(1));
        Assert.Single(office.Ca.Orders);
        Assert.Equal(serial, (await office.StatusAsync(filed)).SigningSerial);
        Assert.Equal(1, await office.CountAsync("ra_notices", "template = 'issued'"));
        await office.FetchAsync(filed, code);
    }

    [Fact]
    public async Task A_final_refusal_of_the_CA_goes_back_to_the_applicant_and_can_be_mended()
    {
        await using var office = await RaOffice.OpenAsync();
        office.Ca.Refuse.Enqueue(RefusalCode.SubjectNotUnique);
        using var applicant = new Applicant();
        var filed = await office.ApprovedAsync(applicant);
        await office.UntilStateAsync(filed, ApplicationState.Refused);
        Assert.Contains("the CA says no", (await office.StatusAsync(filed)).Reason, StringComparison.Ordinal);
        await office.MailAsync(filed.Id, "the CA says no");
        Assert.Equal(0, await office.CountAsync("ra_deliveries"));
        Assert.Contains(await office.LedgerAsync(), line => line.GetProperty("act").GetString() == "ra.pair.receive" && line.GetProperty("outcome").GetString() == "refused");

        // In again: entered and approved anew, it is a new order.
        Assert.Null(await RaOffice.CodeOf(await office.SubmitAsync(filed)));
        Assert.Null(await RaOffice.CodeOf(await office.EnterAsync(filed)));
        Assert.Null(await RaOffice.CodeOf(await office.DecideAsync(filed)));
        await office.UntilStateAsync(filed, ApplicationState.Issued);
        Assert.Equal(2, office.Ca.Orders.Count);
    }

    [Fact]
    public async Task R23_half_a_pair_or_another_key_is_never_delivered()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant first = new(), second = new(), third = new();
        byte[]? other = null;
        office.Ca.Spoil = pair =>
        {
            other ??= pair.SigningCertificate;
            return pair;
        };
        await office.IssuedAsync(first);
        foreach (var (applicant, spoil) in new (Applicant, Func<PairIssued, PairIssued>)[]
        {
            (second, pair => pair with { EncryptionCertificate = null, EnvelopedKey = null }), (third, pair => pair with { SigningCertificate = other! }),
        })
        {
            office.Ca.Spoil = spoil;
            var filed = await office.ApprovedAsync(applicant);
            await office.UntilAsync(async () => await office.CountAsync("outbox_item", $"id LIKE '{filed.Id}-%' AND error LIKE '%not the pair%'") == 1, "the answer is not taken in");
            Assert.Equal("Approved", await office.StateAsync(filed));
            Assert.Empty(office.Mails(filed.Id));
        }

        Assert.Equal(1, await office.CountAsync("ra_deliveries"));
    }

    [Fact]
    public async Task A_passing_refusal_of_the_CA_is_waited_out()
    {
        await using var office = await RaOffice.OpenAsync();
        office.Ca.Refuse.Enqueue(RefusalCode.RoomUnreachable);
        office.Ca.Refuse.Enqueue(RefusalCode.TooManyRequests);
        using var applicant = new Applicant();
        var filed = await office.ApprovedAsync(applicant);
        await office.UntilStateAsync(filed, ApplicationState.Issued, TimeSpan.FromSeconds(1));
        Assert.Equal(3, office.Ca.Orders.Count);
        await office.CodeFromMailAsync(filed.Id);
        Assert.Single(office.Mails(filed.Id), mail => mail.Contains("Code: ", StringComparison.Ordinal));
    }
}
