using System.Collections.Concurrent;

namespace Hufu.Ocsp.Answering;

/// <summary>
/// When each CA was heard of last: an answer's thisUpdate is that moment, for later the status is not known to be right (RFC 6960 4.2.2.1), and its nextUpdate lies one answer's life after it. A CA from which nothing
/// has come for that long is silent: nothing is answered for it (tryLater) until it speaks again.
/// </summary>
/// <param name="life">How long an answer is good for.</param>
internal sealed class AuthorityWords(TimeSpan life)
{
    private readonly ConcurrentDictionary<string, Word> _words = new(StringComparer.Ordinal);
    private readonly long _life = (long)life.TotalSeconds;

    /// <summary>Something signed by the CA's room at a moment has arrived.</summary>
    /// <param name="ca">The CA.</param>
    /// <param name="at">When it was sealed there.</param>
    public void Heard(string ca, DateTimeOffset at)
    {
        var word = _words.GetOrAdd(ca, static _ => new Word());
        var second = at.ToUnixTimeSeconds();
        for (var last = Volatile.Read(ref word.Last); second > last; last = Volatile.Read(ref word.Last))
        {
            if (Interlocked.CompareExchange(ref word.Last, second, last) == last)
            {
                return;
            }
        }
    }

    /// <summary>The CAs heard of, and when last.</summary>
    public IEnumerable<(string Ca, DateTimeOffset Last)> All => _words.Select(pair => (pair.Key, DateTimeOffset.FromUnixTimeSeconds(Volatile.Read(ref pair.Value.Last))));

    /// <summary>Whether it is not silent.</summary>
    public bool Heard(string ca, long now) => _words.TryGetValue(ca, out var word) && Volatile.Read(ref word.Last) + _life > now;

    /// <summary>The times of an answer now; null when the CA is silent.</summary>
    public AnswerTimes? Times(string ca, long now)
    {
        if (!_words.TryGetValue(ca, out var word))
        {
            return null;
        }

        var from = Math.Min(Volatile.Read(ref word.Last), now);
        if (from + _life <= now)
        {
            return null;
        }

        var times = Volatile.Read(ref word.Times);
        if (times is null || times.Produced != now || times.This != from)
        {
            times = new AnswerTimes(now, from, from + _life);
            Volatile.Write(ref word.Times, times);
        }

        return times;
    }

    private sealed class Word
    {
        public long Last;
        public AnswerTimes? Times;
    }
}
