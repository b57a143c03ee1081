using System.Diagnostics;

namespace Hufu.EndToEnd.Tests.Running;

/// <summary>A real SMTP server on a free loopback port (smtp/sink.py); it ends with this object.</summary>
internal sealed class MailSink : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Workplace _work;

    private MailSink(Process process, Workplace work) => (_process, _work) = (process, work);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    public static async Task<MailSink> StartAsync()
    {
        Workplace work = new();
        ProcessStartInfo start = new("/usr/bin/python3", [Tree.At("tests", "Hufu.EndToEnd.Tests", "smtp", "sink.py"), work.Folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        MailSink sink = new(Process.Start(start) ?? throw new InvalidOperationException("the mail sink did not start"), work);
        string? line = await sink._process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("listening ", line, StringComparison.Ordinal);
        sink.Port = int.Parse(line!["listening ".Length..], null);
        return sink;
    }

    /// <summary>Waits until so many mails are there, at most 20 seconds, and returns them in the order of arrival.</summary>
    public async Task<IReadOnlyList<string>> WaitForAsync(int count)
    {
        for (int i = 0; ; i++)
        {
            string[] files = [.. Directory.EnumerateFiles(_work.Folder, "*.eml").Order(StringComparer.Ordinal)];
            if (files.Length >= count)
            {
                return [.. files.Select(File.ReadAllText)];
            }

            Assert.True(i < 200, $"{files.Length} of {count} mails came in 20 seconds");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using CancellationTokenSource time = new(TimeSpan.FromSeconds(5));
        try
        {
            await _process.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _work.Dispose();
    }
}
