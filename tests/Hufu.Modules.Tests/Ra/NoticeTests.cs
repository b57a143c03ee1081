using System.Net;
using System.Net.Sockets;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Testing.Mail;
using Xunit;

namespace Hufu.Modules.Tests.Ra;

/// <summary>Notices reach people by pickup folder or SMTP, sooner or later.</summary>
public sealed class NoticeTests
{
    [Fact]
    [Clause("6.2.4.3-a")]
    [Clause("6.2.3.2-a")]
    public async Task A_real_mail_server_gets_the_notice_of_issue()
    {
        await using var sink = await MailSink.StartAsync(RaOffice.Ct);
        await using var office = await RaOffice.OpenAsync(new MailSettings { SmtpHost = "127.0.0.1", SmtpPort = sink.Port, From = "ra@ca.example" });
        using var applicant = new Applicant();
        var filed = await office.ApprovedAsync(applicant);
        var mail = RaOffice.Decode(Assert.Single(await sink.WaitForAsync(1, RaOffice.Ct)));
        Assert.StartsWith("X-MailFrom: ra@ca.example\nX-RcptTo: " + Applicant.AgentEmail, mail, StringComparison.Ordinal);
        Assert.Contains($"X-Hufu-Application: {filed.Id}", mail, StringComparison.Ordinal);
        await office.FetchAsync(filed, RaOffice.CodeIn(mail));
        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "state = 'sent' AND sent_at IS NOT NULL") == 1, "the notice is marked as sent");
    }

    [Fact]
    [Clause("6.2.4.3-a")]
    public async Task A_notice_waits_for_a_server_that_is_down_and_is_given_up_after_two_days()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        await using var office = await RaOffice.OpenAsync(new MailSettings { SmtpHost = "127.0.0.1", SmtpPort = port, From = "ra@ca.example" });
        using var applicant = new Applicant();
        var filed = await office.ApprovedAsync(applicant);
        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "tries = 1 AND state = 'waiting'") == 1, "the first try");
        await Task.Delay(200, RaOffice.Ct);
        Assert.Equal(1, await office.CountAsync("ra_notices", "tries = 1"));
        office.Clock.Advance(TimeSpan.FromSeconds(5));
        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "tries = 2 AND state = 'waiting'") == 1, "the second try");

        // Health tells when the applicant has not been told in time.
        Assert.True((await office.Site.Client.GetAsync("/health", RaOffice.Ct)).IsSuccessStatusCode);
        await office.WriteAsync(session => session.Execute("UPDATE ra_notices SET made_at = made_at - 86400001"));
        Assert.False((await office.Site.Client.GetAsync("/health", RaOffice.Ct)).IsSuccessStatusCode);

        // The server comes up at that very port: the notice goes out, once.
        await office.ReopenAsync();
        var received = new TaskCompletionSource<string>();
        using var server = new TcpListener(IPAddress.Loopback, port);
        server.Start();
        var serving = ServeOnceAsync(server, received);
        office.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains(filed.Id, await received.Task.WaitAsync(TimeSpan.FromMinutes(2), RaOffice.Ct), StringComparison.Ordinal);
        await serving;
        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "state = 'sent'") == 1, "sent");

        // Down for good.
        server.Stop();
        await office.WriteAsync(session => session.Execute("UPDATE ra_notices SET state = 'waiting', tries = 59, next_at = 0"));
        await office.UntilAsync(async () => await office.CountAsync("ra_notices", "state = 'failed' AND tries = 60") == 1, "given up");
    }

    [Fact]
    public async Task A_notice_that_cannot_be_sent_holds_up_no_other()
    {
        await using var office = await RaOffice.OpenAsync();
        using Applicant applicant = new(), other = new();
        var (first, _) = await office.IssuedAsync(applicant);
        await office.WriteAsync(session => session.Execute("UPDATE ra_notices SET state = 'waiting', body = x'00', next_at = 0"));
        var (second, code) = await office.IssuedAsync(other);
        Assert.NotEmpty(code);
        Assert.Single(office.Mails(first.Id));
        Assert.Single(office.Mails(second.Id));
    }

    // As little SMTP as one mail needs; what the data was is the result.
    private static async Task ServeOnceAsync(TcpListener server, TaskCompletionSource<string> received)
    {
        using var client = await server.AcceptTcpClientAsync(RaOffice.Ct);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
        await writer.WriteLineAsync("220 here");
        var data = "";
        while (await reader.ReadLineAsync(RaOffice.Ct) is { } line)
        {
            if (line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("354 go on");
                while (await reader.ReadLineAsync(RaOffice.Ct) is { } part && part != ".")
                {
                    data += part + "\n";
                }

                await writer.WriteLineAsync("250 kept");
                received.TrySetResult(data);
            }
            else if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync("221 bye");
                return;
            }
            else
            {
                await writer.WriteLineAsync("250 yes");
            }
        }
    }
}
