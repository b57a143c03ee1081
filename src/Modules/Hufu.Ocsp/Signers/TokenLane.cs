using System.Collections.Concurrent;
using System.Security.Cryptography;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Ocsp.Answering;

namespace Hufu.Ocsp.Signers;

/// <summary>
/// Signs answers with keys in a PKCS#11 token, one after the other: a token is slower than this machine by orders, so those who wait for it stand apart from those who wait for the room's own key, and not more of them than it
/// signs in a moment.
/// </summary>
internal sealed class TokenLane : IThreadPoolWorkItem
{
    /// <summary>Answers that may wait; who comes then hears tryLater.</summary>
    public const int Most = 512;

    private readonly ConcurrentQueue<AnswerWork> _waiting = new();
    private int _count;
    private int _running;

    /// <summary>Has it signed; await its <see cref="AnswerWork.WaitAsync"/>.</summary>
    /// <exception cref="RefusedException">TooManyRequests; the work is the caller's still.</exception>
    public void Enqueue(AnswerWork work)
    {
        if (Interlocked.Increment(ref _count) > Most)
        {
            Interlocked.Decrement(ref _count);
            throw new RefusedException(RefusalCode.TooManyRequests, $"{Most} answers wait for the token.");
        }

        _waiting.Enqueue(work);
        if (Interlocked.CompareExchange(ref _running, 1, 0) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <summary>Signs until nobody waits.</summary>
    public void Execute()
    {
        do
        {
            while (_waiting.TryDequeue(out var work))
            {
                Interlocked.Decrement(ref _count);
                Sign(work);
            }

            // A full fence: whoever enqueues either sees that nobody signs, or is seen by the look that follows.
            Interlocked.Exchange(ref _running, 0);
        }
        while (!_waiting.IsEmpty && Interlocked.CompareExchange(ref _running, 1, 0) == 0);
    }

    private static void Sign(AnswerWork work)
    {
        try
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes], signature = stackalloc byte[Sm2.SignatureSize];
            SHA256.HashData(work.ToSign, digest);
            work.Signer!.SignDigests(digest, signature);
            work.Sign(signature);
        }
#pragma warning disable CA1031 // Whoever waits is told; a token that is away must not end the lane.
        catch (Exception fault)
        {
            work.Failed(fault);
            return;
        }
#pragma warning restore CA1031

        work.Done();
    }
}
