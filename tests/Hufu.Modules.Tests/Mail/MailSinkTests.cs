using System.Net.Mail;
using Hufu.Testing.Mail;
using Xunit;

namespace Hufu.Modules.Tests.Mail;

/// <summary>The mail sink keeps what it is given: tests that read mails rest on it.</summary>
public sealed class MailSinkTests
{
    [Fact]
    public async Task The_sink_keeps_sender_recipients_and_text()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        await using MailSink sink = await MailSink.StartAsync(stop);
        using SmtpClient client = new("127.0.0.1", sink.Port);
        for (int i = 1; i <= 2; i++)
        {
            using MailMessage mail = new("ra@ca.example", "holder@unit.example", $"subject {i}", "fetch code 12345678");
            await client.SendMailAsync(mail, stop);
        }

        IReadOnlyList<string> mails = await sink.WaitForAsync(2, stop);
        Assert.Equal(2, mails.Count);
        Assert.StartsWith("X-MailFrom: ra@ca.example\r\nX-RcptTo: holder@unit.example\r\n", mails[0], StringComparison.Ordinal);
        Assert.Contains("Subject: subject 2", mails[1], StringComparison.Ordinal);
        Assert.Contains("fetch code 12345678", mails[1], StringComparison.Ordinal);
    }
}
