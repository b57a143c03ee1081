using System.Collections.Concurrent;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Ocsp.Answering;

/// <summary>Signs answers that are waiting together: requests that arrive while others are read are signed with them in one batch of the kernel.</summary>
internal sealed class SigningPump : IThreadPoolWorkItem
{
    private const int Batch = 64;
    private const int SignatureSize = Sm2.SignatureSize;

    private readonly ConcurrentQueue<AnswerWork> _waiting = new();
    private readonly int _mostPumps = Math.Max(1, Environment.ProcessorCount);
    private int _pumps;

    /// <summary>Has it signed; await its <see cref="AnswerWork.WaitAsync"/>.</summary>
    public void Enqueue(AnswerWork work)
    {
        _waiting.Enqueue(work);
        var pumps = Volatile.Read(ref _pumps);
        if (pumps == 0 || (pumps < _mostPumps && _waiting.Count > Batch))
        {
            Start();
        }
    }

    private void Start()
    {
        for (var pumps = Volatile.Read(ref _pumps); pumps < _mostPumps; pumps = Volatile.Read(ref _pumps))
        {
            if (Interlocked.CompareExchange(ref _pumps, pumps + 1, pumps) == pumps)
            {
                // Behind what the pool has to do already: whatever has arrived joins the batch.
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
        }
    }

    /// <summary>Signs until nobody waits.</summary>
    public void Execute()
    {
        var batch = new PumpBatch();
        do
        {
            while (batch.Take(_waiting))
            {
                batch.SignAndComplete();
            }

            Interlocked.Decrement(ref _pumps);
        }
        while (!_waiting.IsEmpty && Enter());
    }

    private bool Enter()
    {
        for (var pumps = Volatile.Read(ref _pumps); pumps < _mostPumps; pumps = Volatile.Read(ref _pumps))
        {
            if (Interlocked.CompareExchange(ref _pumps, pumps + 1, pumps) == pumps)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What one pump works on; each thread keeps its own.</summary>
    private readonly struct PumpBatch()
    {
        [ThreadStatic]
        private static Places? t_places;

        private readonly Places _places = t_places ??= new Places();

        public bool Take(ConcurrentQueue<AnswerWork> waiting)
        {
            _places.Count = 0;
            while (_places.Count < Batch && waiting.TryDequeue(out var work))
            {
                _places.Works[_places.Count++] = work;
            }

            return _places.Count > 0;
        }

        public void SignAndComplete()
        {
            var works = _places.Works.AsSpan(0, _places.Count);
            var done = 0;
            try
            {
                // One responder at a time but for the moment when its certificate is replaced: neighbours with one key go together.
                for (var at = 0; at < works.Length;)
                {
                    var signer = works[at].Signer!;
                    var end = at + 1;
                    while (end < works.Length && ReferenceEquals(works[end].Signer, signer))
                    {
                        end++;
                    }

                    Sign(signer, works[at..end]);
                    at = end;
                }

                for (; done < works.Length; done++)
                {
                    var work = works[done];
                    works[done] = null!;
                    work.Done();
                }
            }
#pragma warning disable CA1031 // Whoever waits is told; a device that is away must not end the pump.
            catch (Exception fault)
            {
                for (; done < works.Length; done++)
                {
                    works[done]?.Failed(fault);
                    works[done] = null!;
                }
            }
#pragma warning restore CA1031
        }

        private void Sign(IBatchSigner signer, Span<AnswerWork> works)
        {
            var digests = _places.Digests.AsSpan(0, works.Length * Sm3.HashSizeInBytes);
            Hash(works, digests);
            var signatures = _places.Signatures.AsSpan(0, works.Length * SignatureSize);
            signer.SignDigests(digests, signatures);
            for (var i = 0; i < works.Length; i++)
            {
                works[i].Sign(signatures.Slice(i * SignatureSize, SignatureSize));
            }
        }

        // Answers of one length, as most are, are hashed side by side.
        private void Hash(ReadOnlySpan<AnswerWork> works, Span<byte> digests)
        {
            for (var at = 0; at < works.Length;)
            {
                var length = works[at].ToSign.Length;
                var end = at;
                while (end < works.Length && works[end].ToSign.Length == length && (end - at + 1) * length <= _places.Texts.Length)
                {
                    works[end].ToSign.CopyTo(_places.Texts.AsSpan((end - at) * length));
                    end++;
                }

                if (end == at)
                {
                    Sm3.HashData(works[at].ToSign, digests.Slice(at * Sm3.HashSizeInBytes, Sm3.HashSizeInBytes));
                    at++;
                    continue;
                }

                Sm3Batch.HashData(_places.Texts.AsSpan(0, (end - at) * length), length, digests[(at * Sm3.HashSizeInBytes)..(end * Sm3.HashSizeInBytes)]);
                at = end;
            }
        }
    }

    private sealed class Places
    {
        public AnswerWork[] Works { get; } = new AnswerWork[Batch];

        public byte[] Texts { get; } = new byte[Batch * 512];

        public byte[] Digests { get; } = new byte[Batch * Sm3.HashSizeInBytes];

        public byte[] Signatures { get; } = new byte[Batch * SignatureSize];

        public int Count { get; set; }
    }
}
