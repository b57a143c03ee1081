using Hufu.Contracts;
using Hufu.Testing;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Holders are told of what touches the validity or reliability of their certificates in substance.</summary>
public sealed class EventTests
{
    [Fact]
    [Clause("7.2.6-b")]
    public async Task Holders_of_certificates_in_force_are_told_of_an_event_and_of_a_compromised_CA()
    {
        await using var office = await RaOffice.OpenAsync();
        using var administrator = await office.InRoleAsync(Roles.BusinessAdministrator, "吴业务");
        using Applicant one = new(), waiting = new();
        var (holder, _) = await office.AcceptedAsync(one);
        var applicant = await office.SubmitAsync(waiting);
        var told = new HolderEvent("时间戳服务于今日停用两小时，期间的签名请重新加盖。");
        Assert.Equal("role-missing", await TellAsync(told, office.Vetter));
        Assert.Equal("field-invalid", await TellAsync(told with { What = "短" }, administrator));
        Assert.Equal("profile-unknown", await TellAsync(told with { Profile = "colour" }, administrator));
        Assert.Null(await TellAsync(told with { Profile = "person" }, administrator));
        Assert.Null(await TellAsync(told, administrator));
        await office.UntilAsync(async () => await office.CountAsync("ra_events", "done_at IS NULL") == 0, "both told", TimeSpan.FromMinutes(1));
        Assert.Contains("时间戳服务于今日停用", await office.MailAsync(holder.Id, "时间戳服务"), StringComparison.Ordinal);
        Assert.DoesNotContain(office.Mails(applicant.Id), mail => mail.Contains("时间戳服务", StringComparison.Ordinal));
        Assert.Equal(1, await office.CountAsync("ra_notices", "template = 'event'"));

        // A CA's key: nobody has to think of it.
        await office.Ca.PublishAsync(new AuthorityCompromised("operational", [0x30, 0x00], office.Clock.GetUtcNow(), null, "operational-2"));
        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "template = 'event'") == 2, "the compromise told", TimeSpan.FromMinutes(1));
        await office.ReopenAsync();
        Assert.Equal(2, await office.CountAsync("ra_notices", "template = 'event'"));

        Task<string?> TellAsync(HolderEvent what, TestPerson by) => office.Site.RefusedAsync("/api/ra/events", by.Act(Rooms.Ra, ActNames.RaEventTell, "event/new", what, office.Clock.GetUtcNow()));
    }
}
