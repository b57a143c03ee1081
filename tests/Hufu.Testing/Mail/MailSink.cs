using System.Diagnostics;
using System.Globalization;

namespace Hufu.Testing.Mail;

/// <summary>A real SMTP server on a free loopback port (sink.py beside this file, on Debian's python3-aiosmtpd); it ends with this object.</summary>
public sealed class MailSink : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private MailSink(Process process, string folder) => (_process, _folder) = (process, folder);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; private set; }

    /// <summary>Starts the server; it is ready when this returns.</summary>
    public static async Task<MailSink> StartAsync(CancellationToken cancellationToken)
    {
        string folder = Directory.CreateTempSubdirectory("hufu-mail-").FullName;
        ProcessStartInfo start = new("/usr/bin/python3", [Script(), folder]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        MailSink sink = new(Process.Start(start) ?? throw new InvalidOperationException("the mail sink did not start"), folder);
        string? line = await sink._process.StandardOutput.ReadLineAsync(cancellationToken);
        if (line is null || !line.StartsWith("listening ", StringComparison.Ordinal))
        {
            await sink.DisposeAsync();
            throw new InvalidOperationException($"the mail sink did not start; it said: {line ?? "nothing"} (./test installs python3-aiosmtpd)");
        }

        sink.Port = int.Parse(line["listening ".Length..], CultureInfo.InvariantCulture);
        return sink;
    }

    /// <summary>Waits until so many mails are there, at most 20 seconds, and returns them in the order of arrival, each with its envelope in the first lines.</summary>
    public async Task<IReadOnlyList<string>> WaitForAsync(int count, CancellationToken cancellationToken)
    {
        for (int i = 0; ; i++)
        {
            string[] files = [.. Directory.EnumerateFiles(_folder, "*.eml").Order(StringComparer.Ordinal)];
            if (files.Length >= count)
            {
                return [.. files.Select(File.ReadAllText)];
            }

            if (i == 200)
            {
                throw new TimeoutException($"{files.Length} of {count} mails came in 20 seconds");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    /// <inheritdoc />
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
        Directory.Delete(_folder, recursive: true);
    }

    private static string Script()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string script = Path.Combine(folder.FullName, "tests", "Hufu.Testing", "Mail", "sink.py");
            if (File.Exists(script))
            {
                return script;
            }
        }

        throw new InvalidOperationException("The mail sink runs inside the source tree only.");
    }
}
