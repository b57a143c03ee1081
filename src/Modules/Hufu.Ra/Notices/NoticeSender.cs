using System.Net.Mail;
using System.Text;
using Hufu.Contracts;
using Microsoft.Extensions.Logging;

namespace Hufu.Ra.Notices;

/// <summary>Sends waiting notices by mail, a few at a time, with retries that grow from seconds to an hour; given up after two days. Stops cleanly.</summary>
internal sealed partial class NoticeSender(RaDesk desk) : IAsyncDisposable
{
    private const int MostTries = 60;
    private const int LetterLimit = 1024 * 1024;

    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly CancellationTokenSource stopping = new();
    private Task running = Task.CompletedTask;

    public void Start()
    {
        desk.NoticeLeft += Wake;
        running = Task.Run(() => LoopAsync(stopping.Token));
    }

    /// <summary>Something may be due now.</summary>
    public void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (Exception fault) when (fault is SemaphoreFullException or ObjectDisposedException)
        {
            // Somebody has woken it already and once is enough, or it has stopped and the next start looks by itself.
        }
    }

    public async ValueTask DisposeAsync()
    {
        desk.NoticeLeft -= Wake;
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
        wake.Dispose();
    }

    private async Task LoopAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await SendDueAsync(ct);
                await wake.WaitAsync(desk.Options.NoticeInterval, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogFault(desk.Context.Log, fault);
                await Task.Delay(desk.Options.NoticeInterval, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [Clause("6.2.4.3-a")]
    // A notice that cannot be sent, whatever the reason, never holds up the others.
    private async Task SendDueAsync(CancellationToken ct)
    {
        foreach (var notice in await desk.Context.Database.ReadAsync(session => NoticeStore.Due(session, desk.Now), ct))
        {
            try
            {
                await PrintAsync(notice, ct);
                if (notice.Channel == NoticeStore.Counter)
                {
                    continue;
                }

                await SendAsync(notice, ct);
                await desk.Context.Database.WriteAsync(session => NoticeStore.Sent(session, notice.Id, desk.Now), ct);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogNotSent(desk.Context.Log, notice.Id, notice.Application, fault);
                var pause = TimeSpan.FromSeconds(Math.Min(3600, 5 * Math.Pow(2, Math.Min(notice.Tries, 12))));
                await desk.Context.Database.WriteAsync(
                    session => NoticeStore.Failed(session, notice.Id, desk.Now + (long)pause.TotalMilliseconds, notice.Tries + 1 >= MostTries), ct);
            }
        }
    }

    // Once, and kept with the notice whatever becomes of the mail.
    private async Task PrintAsync(NoticeStore.Notice notice, CancellationToken ct)
    {
        if (notice.Letter is not "")
        {
            return;
        }

        var date = desk.Context.Policy.Values.LocalText(DateTimeOffset.FromUnixTimeMilliseconds(notice.MadeAt));
        var letter = LetterPrinter.Print(notice.Subject, NoticeStore.Open(desk.Cipher, notice.Id, "body", notice.Body), notice.Id, date);
        var kept = await desk.Context.Evidence.PutAsync(letter, LetterLimit, ct);
        await desk.Context.Database.WriteAsync(session => NoticeStore.Printed(session, notice.Id, kept.Digest), ct);
    }

    private async Task SendAsync(NoticeStore.Notice notice, CancellationToken ct)
    {
        var address = NoticeStore.Open(desk.Cipher, notice.Id, "address", notice.Address);
        if (notice.Channel == NoticeStore.Sms)
        {
            var text = notice.Template == "call-back" ? NoticeStore.Open(desk.Cipher, notice.Id, "body", notice.Body).Trim() : notice.Subject;
            await SmsClient.SendAsync(desk.Options, desk.Context.Identity.Signer, notice.Id, address, text, ct);
            return;
        }

        using var mail = new MailMessage(desk.Context.Settings.Mail.From, address)
        {
            Subject = notice.Subject,
            SubjectEncoding = Encoding.UTF8,
            Body = NoticeStore.Open(desk.Cipher, notice.Id, "body", notice.Body),
            BodyEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };
        mail.Headers.Add("X-Hufu-Application", notice.Application);
        var settings = desk.Context.Settings.Mail;
        if (settings.PickupDirectory is { } pickup)
        {
            await LeaveAsync(mail, Path.GetFullPath(pickup), notice.Id, ct);
            return;
        }

        using var client = new SmtpClient(settings.SmtpHost, settings.SmtpPort) { Timeout = 30_000 };
        await client.SendMailAsync(mail, ct);
    }

    // Written beside and renamed: whoever watches the folder sees a whole mail or none, and a notice that is sent again is still one file.
    private static async Task LeaveAsync(MailMessage mail, string pickup, string id, CancellationToken ct)
    {
        var beside = Path.Combine(pickup, "." + id);
        Directory.CreateDirectory(beside);
        try
        {
            using (var client = new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = beside })
            {
                await client.SendMailAsync(mail, ct);
            }

            File.Move(Directory.EnumerateFiles(beside).Single(), Path.Combine(pickup, id + ".eml"), overwrite: true);
        }
        finally
        {
            Directory.Delete(beside, recursive: true);
        }
    }

    [LoggerMessage(EventId = 3101, Level = LogLevel.Warning, Message = "Notice {Notice} about {Application} was not sent; it is tried again.")]
    private static partial void LogNotSent(ILogger log, string notice, string application, Exception fault);

    [LoggerMessage(EventId = 3102, Level = LogLevel.Error, Message = "The notice sender met a fault; it goes on.")]
    private static partial void LogFault(ILogger log, Exception fault);
}
