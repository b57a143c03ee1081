using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Hufu.Crypto;

namespace Hufu.Ra.Sources;

/// <summary>One TXT question over UDP (RFC 1035), asked of the system's resolver or of the one that is set. Answers that do not fit the question are not taken.</summary>
internal static class DnsText
{
    private const ushort Txt = 16;
    private const ushort Alias = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <returns>The texts, and what went wrong or null.</returns>
    public static async Task<(IReadOnlyList<string> Texts, string? Fault)> AskAsync(IPEndPoint? server, string name, CancellationToken ct)
    {
        if ((server ?? SystemResolver()) is not { } resolver)
        {
            return ([], "no resolver");
        }

        try
        {
            var question = Question(name);
            using var udp = new UdpClient(resolver.AddressFamily);
            udp.Connect(resolver);
            await udp.SendAsync(question, ct);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(Patience);
            while (true)
            {
                var answer = (await udp.ReceiveAsync(limit.Token)).Buffer;
                if (answer.Length >= question.Length - 11 && answer.AsSpan(0, 2).SequenceEqual(question.AsSpan(0, 2)) && answer.AsSpan(12, question.Length - 12 - 11).SequenceEqual(question.AsSpan(12, question.Length - 12 - 11)))
                {
                    return Read(answer, question.Length - 11);
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or ArgumentException || (fault is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return ([], fault is OperationCanceledException ? "no answer" : fault.GetType().Name);
        }
    }

    // Header, one question, and an OPT record (RFC 6891) that allows 1,232 bytes.
    private static byte[] Question(string name)
    {
        var bytes = new List<byte>(64);
        bytes.AddRange(SecureRandom.GetBytes(2));
        bytes.AddRange([1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
        foreach (var label in name.Split('.'))
        {
            if (label.Length is 0 or > 63)
            {
                throw new ArgumentException("A label of a name has 1 to 63 characters.", nameof(name));
            }

            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }

        bytes.AddRange([0, 0, (byte)Txt, 0, 1, 0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
        return [.. bytes];
    }

    private static (IReadOnlyList<string>, string?) Read(ReadOnlySpan<byte> answer, int at)
    {
        var code = answer[3] & 15;
        if (code != 0)
        {
            return ([], code == 3 ? null : $"RCODE {code}");
        }

        var texts = new List<string>();
        for (var records = BinaryPrimitives.ReadUInt16BigEndian(answer[6..]); records > 0 && texts.Count < 50; records--)
        {
            at = AfterName(answer, at);
            if (at < 0 || at + 10 > answer.Length)
            {
                return (texts, "malformed");
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(answer[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(answer[(at + 8)..]);
            at += 10;
            if (at + length > answer.Length)
            {
                return (texts, "malformed");
            }

            if (type == Txt)
            {
                texts.Add(Text(answer.Slice(at, length)));
            }
            else if (type != Alias)
            {
                return (texts, null);
            }

            at += length;
        }

        return (texts, null);
    }

    private static int AfterName(ReadOnlySpan<byte> answer, int at)
    {
        while (at < answer.Length)
        {
            switch (answer[at])
            {
                case 0:
                    return at + 1;
                case >= 0xC0:
                    return at + 2;
                default:
                    at += answer[at] + 1;
                    break;
            }
        }

        return -1;
    }

    private static string Text(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder();
        while (data.Length > 0 && data[0] < data.Length)
        {
            text.Append(Encoding.ASCII.GetString(data.Slice(1, data[0])));
            data = data[(data[0] + 1)..];
        }

        return text.ToString();
    }

    private static IPEndPoint? SystemResolver()
    {
        const string file = "/etc/resolv.conf";
        return File.Exists(file)
            ? File.ReadLines(file).Take(100).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length >= 2 && words[0] == "nameserver")
                .Select(words => IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, 53) : null).FirstOrDefault(found => found is not null)
            : null;
    }
}
