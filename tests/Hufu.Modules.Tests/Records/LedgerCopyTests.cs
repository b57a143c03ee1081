using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Pki;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>6.6.1.4-e: records go to a log server in real time and off site daily.</summary>
public sealed class LedgerCopyTests : IDisposable
{
    private readonly RecordsPlace place = new();

    private static CancellationToken Ct => RecordsPlace.Ct;

    public void Dispose() => place.Dispose();

    [Fact]
    [Clause("6.6.1.4-e")]
    public async Task A_folder_holds_the_same_bytes_as_the_log_grows_and_the_daily_one_after_a_day()
    {
        string server = Path.Combine(place.Folder, "server");
        string offsite = Path.Combine(place.Folder, "offsite");
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database, o => o with { Copies = [new FolderCopy("server", server), new FolderCopy("offsite", offsite, TimeSpan.FromDays(1))] });
        for (int i = 0; i < 30; i++)
        {
            await ledger.AppendAsync(RecordsPlace.Plain(i), Ct);
        }

        SignedHead head = await ledger.SignHeadAsync(Ct);
        await SameAsync(server);
        Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(server, head).Verdict);
        await ledger.AppendAsync(RecordsPlace.Plain(31), Ct);
        await ledger.SignHeadAsync(Ct);
        await SameAsync(server);
        Assert.NotEqual(Own("records.jsonl").Length, File.ReadAllBytes(Path.Combine(offsite, "ca", "records.jsonl")).Length);
        place.Clock.Advance(TimeSpan.FromDays(1));
        await SameAsync(offsite);
    }

    [Fact]
    public async Task A_copy_that_is_ahead_or_another_is_never_overwritten_and_stops_no_act()
    {
        string server = Path.Combine(place.Folder, "server");
        Directory.CreateDirectory(Path.Combine(server, "ca"));
        string there = Path.Combine(server, "ca", "records.jsonl");
        await File.WriteAllTextAsync(there, "{\"another\":\"log\"}\n", Ct);
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database, o => o with { Copies = [new FolderCopy("server", server)] });
        await ledger.AppendAsync(RecordsPlace.Plain(1), Ct);
        await LedgerTests.UntilAsync(() => ledger.Copies[0].Fault is { } fault && fault.Contains("is not the beginning", StringComparison.Ordinal));
        Assert.Equal("{\"another\":\"log\"}\n", await File.ReadAllTextAsync(there, Ct));
        Assert.True(ledger.IsWritable);
        Assert.True(ledger.Copies[0].Behind > 0);
    }

    [Fact]
    [Clause("6.6.1.4-e")]
    public async Task Syslog_over_TLS_gets_every_record_and_head_at_least_once_also_when_the_server_breaks_off()
    {
        using X509Certificate2 certificate = Certify("localhost");
        using var sink = new SyslogServer(certificate);
        await using Database database = await place.OpenDatabaseAsync();
        await using (Ledger ledger = await place.OpenLedgerAsync(database, o => o with { Copies = [new SyslogCopy("siem", "localhost", sink.Port, [certificate])] }))
        {
            for (int i = 0; i < 200; i++)
            {
                await ledger.AppendAsync(i % 20 == 3 ? place.Signed(i) : RecordsPlace.Plain(i), Ct);
                if (i % 60 == 30)
                {
                    await ledger.SignHeadAsync(Ct);
                    sink.BreakOff();
                }
            }

            await ledger.SignHeadAsync(Ct);
            await LedgerTests.UntilAsync(() => sink.Messages.Any(m => m.Id == "head") && sink.Messages.Select(m => m.Text).Distinct().Count() >= place.Lines().Length + HeadLines().Length);
        }

        Assert.Equal(place.Lines(), sink.Messages.Where(m => m.Id == "record").Select(m => m.Text).Distinct().OrderBy(t => JsonNode.Parse(t)!["sequence"]!.GetValue<long>()));
        Assert.Superset(HeadLines().ToHashSet(), sink.Messages.Where(m => m.Id == "head").Select(m => m.Text).ToHashSet());
        Assert.All(sink.Messages, m => Assert.Equal(("<110>1", "hufu-ca"), (m.Priority, m.App)));
        Assert.True(sink.Connections > 1);
    }

    [Fact]
    public async Task A_log_server_with_another_certificate_or_name_is_told_nothing()
    {
        using X509Certificate2 certificate = Certify("localhost"), other = Certify("localhost"), elsewhere = Certify("logs.example.cn");
        using var sink = new SyslogServer(certificate);
        using var misnamed = new SyslogServer(elsewhere);
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database, o => o with
        {
            Copies = [new SyslogCopy("one", "localhost", sink.Port, [other]), new SyslogCopy("two", "localhost", misnamed.Port, [elsewhere])],
        });
        await ledger.AppendAsync(RecordsPlace.Plain(1), Ct);
        await LedgerTests.UntilAsync(() => ledger.Copies.All(c => c.Fault is not null));
        Assert.Empty(sink.Messages);
        Assert.Empty(misnamed.Messages);
        Assert.True(ledger.IsWritable);
    }

    /// <summary>R24 on a real full disk: a file system of one megabyte for the audit files.</summary>
    [Fact]
    public async Task R24_A_full_disk_under_the_audit_files_refuses_acts_until_there_is_room()
    {
        string disk = Path.Combine(place.Folder, "disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && Mount(disk), "a file system of its own can be mounted by root on Linux only");
        try
        {
            await using Database database = await place.OpenDatabaseAsync();
            await using Ledger ledger = await place.OpenLedgerAsync(database, o => o with { Directory = Path.Combine(disk, "audit") });
            string ballast = Path.Combine(disk, "ballast");
            await File.WriteAllBytesAsync(ballast, new byte[400 * 1024], Ct);
            LedgerRecord large = RecordsPlace.Plain(1) with { Detail = new JsonObject { ["filler"] = new string('x', 30_000) } };
            LedgerException? refused = null;
            long acknowledged = 0;
            for (int i = 0; i < 2_000 && refused is null; i++)
            {
                try
                {
                    acknowledged = (await ledger.AppendAsync(large, Ct)).Sequence;
                    await Task.Delay(5, Ct);
                }
                catch (LedgerException e)
                {
                    refused = e;
                }
            }

            Assert.Equal(LedgerError.NotWritable, refused!.Error);
            Assert.False(ledger.IsWritable);
            Assert.Equal(acknowledged + 1, ledger.Size);
            File.Delete(ballast);
            await Process.Start("mount", ["-o", "remount,size=256m", disk]).WaitForExitAsync(Ct);
            await LedgerTests.UntilAsync(() => ledger.IsWritable);
            Assert.Equal(acknowledged + 1, (await ledger.AppendAsync(RecordsPlace.Plain(2), Ct)).Sequence);
            await ledger.SignHeadAsync(Ct);
            Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(Path.Combine(disk, "audit"), since: null).Verdict);
        }
        finally
        {
            await Process.Start("umount", ["-l", disk]).WaitForExitAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Private_fields_are_sealed_in_the_record_and_bound_to_it()
    {
        var cipher = new TestCipher();
        await using Database database = await place.OpenDatabaseAsync();
        await using Ledger ledger = await place.OpenLedgerAsync(database, o => o with { PrivateCipher = cipher });
        LedgerRecord record = RecordsPlace.Plain(1) with { Private = new JsonObject { ["identityNumber"] = "11010519491231002X" } };
        await ledger.AppendAsync(record, Ct);
        await ledger.AppendAsync(record, Ct);
        await ledger.SignHeadAsync(Ct);
        Assert.DoesNotContain("11010519491231002X", await File.ReadAllTextAsync(Path.Combine(place.Audit, "records.jsonl"), Ct), StringComparison.Ordinal);
        IReadOnlyList<LedgerEntry> entries = await ledger.SearchAsync(new LedgerFilter { Act = "test.note" }, Ct);
        Assert.Equal("11010519491231002X", ledger.OpenPrivate(entries[0])!["identityNumber"]!.GetValue<string>());
        Assert.Throws<PkiException>(() => ledger.OpenPrivate(entries[0] with { Sequence = entries[1].Sequence }));
        Assert.Equal(LedgerVerdict.Whole, LedgerVerifier.Verify(place.Audit, since: null).Verdict);
        await using Database plainDatabase = await Database.OpenAsync(new DatabaseOptions { Path = Path.Combine(place.Folder, "plain.db"), Clock = place.Clock }, [], Ct);
        await using Ledger plain = await place.OpenLedgerAsync(plainDatabase, o => o with { Directory = Path.Combine(place.Folder, "plain") });
        Assert.Equal(LedgerError.BadRecord, (await Assert.ThrowsAsync<LedgerException>(() => plain.AppendAsync(record, Ct))).Error);
    }

    private byte[] Own(string name)
    {
        using var stream = new FileStream(Path.Combine(place.Audit, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private string[] HeadLines() => Encoding.UTF8.GetString(Own("heads.jsonl")).Split('\n')[..^1];

    private Task SameAsync(string folder) => LedgerTests.UntilAsync(() =>
        ((string[])["records.jsonl", "heads.jsonl"]).All(name => File.Exists(Path.Combine(folder, "ca", name)) && Own(name).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder, "ca", name)))));

    private static bool Mount(string folder)
    {
        using Process mount = Process.Start("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
        mount.WaitForExit();
        return mount.ExitCode == 0;
    }

    private static X509Certificate2 Certify(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>AES-GCM in the place of the device's SM4-GCM: only the port matters here.</summary>
    private sealed class TestCipher : IDataCipher
    {
        private readonly byte[] key = Hufu.Crypto.SecureRandom.GetBytes(16);

        public byte[] Seal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> associatedData)
        {
            using var sm4 = new Hufu.Crypto.Sm4Gcm(key);
            byte[] nonce = Hufu.Crypto.SecureRandom.GetBytes(12), text = new byte[plaintext.Length], tag = new byte[16];
            sm4.Encrypt(nonce, plaintext, text, tag, associatedData);
            return [.. nonce, .. tag, .. text];
        }

        public byte[] Open(ReadOnlySpan<byte> sealedData, ReadOnlySpan<byte> associatedData)
        {
            using var sm4 = new Hufu.Crypto.Sm4Gcm(key);
            var open = new byte[sealedData.Length - 28];
            return sm4.TryDecrypt(sealedData[..12], sealedData[28..], sealedData[12..28], open, associatedData) ? open : throw new PkiException(PkiError.BadValue, "not this key's");
        }
    }

    /// <summary>A syslog server: octet-counted frames over TLS, taken apart strictly.</summary>
    private sealed class SyslogServer : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly X509Certificate2 certificate;
        private volatile TcpClient? current;

        public SyslogServer(X509Certificate2 certificate)
        {
            this.certificate = certificate;
            listener.Start();
            _ = Task.Run(AcceptAsync);
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public int Connections { get; private set; }

        public ConcurrentQueue<(string Priority, string App, string Id, string Text)> Messages { get; } = new();

        public void BreakOff() => current?.Client?.Close(0);

        private async Task AcceptAsync()
        {
            while (true)
            {
                try
                {
                    using TcpClient client = await listener.AcceptTcpClientAsync();
                    Connections++;
                    current = client;
                    await using var stream = new SslStream(client.GetStream());
                    await stream.AuthenticateAsServerAsync(certificate);
                    while (await ReadFrameAsync(stream))
                    {
                    }
                }
                catch (ObjectDisposedException) when (!listener.Server.IsBound)
                {
                    return;
                }
                catch (Exception e) when (e is IOException or SocketException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
                {
                    if (!listener.Server.IsBound)
                    {
                        return;
                    }
                }
            }
        }

        private async Task<bool> ReadFrameAsync(SslStream stream)
        {
            int length = 0;
            var one = new byte[1];
            while (await stream.ReadAsync(one) == 1 && one[0] != ' ')
            {
                Assert.InRange((char)one[0], '0', '9');
                length = (length * 10) + one[0] - '0';
            }

            if (length == 0)
            {
                return false;
            }

            var frame = new byte[length];
            await stream.ReadExactlyAsync(frame);
            string text = Encoding.UTF8.GetString(frame);
            string[] words = text.Split(' ', 8); // PRI+VERSION TIMESTAMP HOST APP PROCID MSGID SD MSG
            Assert.Equal("-", words[6]);
            Assert.StartsWith("\uFEFF", words[7], StringComparison.Ordinal);
            Messages.Enqueue((words[0], words[3], words[5], words[7][1..]));
            return true;
        }

        public void Dispose()
        {
            listener.Dispose();
            BreakOff();
        }
    }
}
