using System.Globalization;
using System.Text;
using Hufu.Crypto;
using Hufu.Pki;
using Hufu.Records;

/// <summary>Writes records.jsonl and heads.jsonl as a ledger would, for logs too long to be appended one by one; what it writes is verified like any other.</summary>
internal sealed class LedgerText : IDisposable
{
    private const int HeadEvery = 1_000;

    private readonly string _origin;
    private readonly ISigner _signer;
    private readonly FileStream _records;
    private readonly FileStream _heads;
    private readonly byte[] _line = new byte[4_096];
    private readonly byte[] _leaf = new byte[32];
    private readonly byte[] _stack = new byte[64 * 32];
    private readonly int[] _heights = new int[64];
    private readonly string _key;
    private int _depth;
    private long _size;

    public LedgerText(string origin, ISigner signer, string directory)
    {
        (_origin, _signer) = (origin, signer);
        _key = Convert.ToHexStringLower(Sm3.HashData(signer.PublicKey.RawData.Span));
        _records = new FileStream(Path.Combine(directory, "records.jsonl"), FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 20);
        _heads = new FileStream(Path.Combine(directory, "heads.jsonl"), FileMode.Create);
        var key = Convert.ToBase64String(signer.PublicKey.RawData.Span);
        Write($"\"actor\":\"{origin}\",\"act\":\"ledger.begin\",\"object\":\"{origin}\",\"outcome\":\"done\",\"detail\":{{\"format\":\"HUFU-LEDGER 1\",\"auditKey\":\"{key}\"}}");
    }

    public void Add(long number) =>
        Write($"\"actor\":\"张三\",\"act\":\"ra.application.approve\",\"object\":\"application/A{number}\",\"outcome\":\"done\",\"detail\":{{\"profile\":\"person\",\"waited\":{number % 1_000},\"unit\":\"北京受理点\"}}");

    public void End()
    {
        if (_size % HeadEvery != 0)
        {
            Sign();
        }
    }

    private void Write(string rest)
    {
        var previous = _size == 0 ? new string('0', 64) : Convert.ToHexStringLower(_leaf);
        var time = new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc).AddMilliseconds(_size).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        // The leaf's prefix stands before the line.
        _line[0] = 0;
        var length = Encoding.UTF8.GetBytes($"{{{rest},\"sequence\":{_size},\"previous\":\"{previous}\",\"time\":\"{time}\"}}", _line.AsSpan(1));
        Sm3.HashData(_line.AsSpan(0, length + 1), _leaf);
        _line[length + 1] = (byte)'\n';
        _records.Write(_line.AsSpan(1, length + 1));
        Push();
        if (++_size % HeadEvery == 0)
        {
            Sign();
        }
    }

    private void Push()
    {
        _leaf.CopyTo(_stack, _depth * 32);
        _heights[_depth++] = 0;
        while (_depth > 1 && _heights[_depth - 1] == _heights[_depth - 2])
        {
            Node(_stack.AsSpan((_depth - 2) * 32, 64)).CopyTo(_stack, (_depth - 2) * 32);
            _depth--;
            _heights[_depth - 1]++;
        }
    }

    private void Sign()
    {
        var root = _stack.AsSpan((_depth - 1) * 32, 32).ToArray();
        for (var i = _depth - 2; i >= 0; i--)
        {
            root = Node([.. _stack.AsSpan(i * 32, 32), .. root]);
        }

        var time = new DateTimeOffset(2026, 11, 22, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(_size);
        var head = new SignedHead(_origin, _size, Convert.ToHexStringLower(root), time, _key, []);
        head = head with { Signature = _signer.Sign(Encoding.UTF8.GetBytes(head.SignedText())) };
        _heads.Write(Encoding.UTF8.GetBytes(head.ToJson() + "\n"));
    }

    private static byte[] Node(ReadOnlySpan<byte> pair) => Sm3.HashData([1, .. pair]);

    public void Dispose()
    {
        _records.Dispose();
        _heads.Dispose();
    }
}
