using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Hufu.Crypto;
using Hufu.Ocsp.Answering;
using Hufu.Ocsp.Memory;
using Hufu.Ocsp.Status;
using Hufu.Pki;
using Xunit;

namespace Hufu.Modules.Tests.Ocsp;

public sealed class SerialSetTests
{
    [Theory]
    [InlineData(1, 200)]
    [InlineData(8, 20_000)]
    [InlineData(16, 50_000)]
    [InlineData(21, 20_000)]
    public void R11_holds_every_serial_whole_with_its_mark(int length, int count)
    {
        var set = new SerialSet(length);
        for (var i = 0; i < count; i++)
        {
            Assert.True(set.Set(Serial(i, length), mark: i % 3 == 0));
        }

        Assert.Equal(count, set.Count);
        for (var i = 0; i < count; i++)
        {
            Assert.False(set.Set(Serial(i, length), mark: null));
            var position = set.Find(Serial(i, length), out var bucket);
            Assert.Equal(Serial(i, length), bucket.Serial(position, length).ToArray());
            Assert.Equal(i % 3 == 0, bucket.IsMarked(position));
        }

        for (var i = count; i < count + 1000 && length > 1; i++)
        {
            Assert.Equal(-1, set.Find(Serial(i, length), out _));
        }
    }

    [Fact]
    public void A_mark_is_set_and_taken_off_and_its_bucket_is_another_each_time()
    {
        var set = new SerialSet(16);
        set.Set(Serial(7, 16), mark: false);
        set.Find(Serial(7, 16), out var first);
        set.Set(Serial(7, 16), mark: true);
        var position = set.Find(Serial(7, 16), out var second);
        Assert.True(second.IsMarked(position));
        Assert.NotSame(first.Identity, second.Identity);
        Assert.False(first.IsMarked(position));
        set.Set(Serial(7, 16), mark: false);
        set.Find(Serial(7, 16), out var third);
        Assert.False(third.IsMarked(position));
        Assert.Throws<ArgumentException>(() => set.Set(Serial(7, 8), mark: null));
        Assert.Equal(-1, set.Find(Serial(7, 8), out _));
    }

    /// <summary>Answers signed ahead belong to one array of serials and marks: not to the one that a revocation puts in its place, and not when they come late.</summary>
    [Fact]
    public async Task R14_answers_kept_for_a_bucket_are_never_those_of_the_next()
    {
        await using var place = await OcspPlace.OpenAsync();
        using var key = Sm2KeyPair.Generate();
        var index = new StatusIndex();
        var issuers = new Issuers(index);
        issuers.Add("operational", place.Issuer);
        index.Issued("operational", Serial(7, 16));
        var set = index.Of("operational").Sets.Single();
        var address = Enumerable.Range(0, set.Buckets).Single(i => set.Bucket(i).Count > 0);
        var common = new KeptFrame(new AnswerFrame(place.Responder), new AnswerTimes(1, 1, 2), null, [issuers.All[0]], 16);
        var answers = KeptAnswers.Sign(set.Bucket(address), common, BatchSigner.Of(key), new SignatureRoom());

        set.Keep(address, answers);
        Assert.True(set.Find(Serial(7, 16), out var kept) >= 0);
        Assert.Same(answers, kept.Kept);
        index.Revoked("operational", Serial(7, 16), DateTimeOffset.UnixEpoch, Contracts.RevocationReason.KeyCompromise);
        set.Find(Serial(7, 16), out var revoked);
        Assert.Null(revoked.Kept);
        set.Keep(address, answers);
        set.Find(Serial(7, 16), out revoked);
        Assert.Null(revoked.Kept);
        Assert.Null(new SerialBucket(revoked.Bytes.ToArray(), 16, answers).Kept);
    }

    [Fact]
    public async Task What_was_put_in_is_found_while_the_set_grows()
    {
        const int Count = 60_000;
        var set = new SerialSet(16);
        var written = 0;
        var missed = 0;
        var reading = Task.Run(
            () =>
            {
                var step = 1;
                while (Volatile.Read(ref written) < Count)
                {
                    var bound = Volatile.Read(ref written);
                    for (var i = 0; i < bound; i += 1 + (step++ % 97))
                    {
                        missed += set.Find(Serial(i, 16), out _) < 0 ? 1 : 0;
                    }
                }
            },
            TestContext.Current.CancellationToken);
        for (var i = 0; i < Count; i++)
        {
            set.Set(Serial(i, 16), mark: false);
            Volatile.Write(ref written, i + 1);
        }

        await reading;
        Assert.Equal(0, missed);
    }

    [Fact]
    public void Ten_million_serials_cost_at_most_eighteen_bytes_each_and_are_told_apart_whole()
    {
        var whole = Environment.GetEnvironmentVariable("HUFU_LONG") == "1";
        var count = whole ? 10_000_000 : 1_000_000;
        if (!whole)
        {
            TestContext.Current.SendDiagnosticMessage("One million serials instead of ten: ten take half a minute; ./test --long takes them.");
        }

        var authority = new AuthorityIndex();
        var watch = Stopwatch.StartNew();
        var builder = new SerialSetBuilder(16, count);
        var serial = new byte[16];
        for (var i = 0; i < count; i++)
        {
            builder.Add(Mixed(i, serial), mark: false);
        }

        authority.Put(builder.Finish());
        for (var i = 0; i < count; i += 33)
        {
            authority.Revoked(Mixed(i, serial), DateTimeOffset.UnixEpoch, Contracts.RevocationReason.Superseded);
        }

        var filled = watch.Elapsed;
        Assert.Equal(count, authority.Count);
        Assert.InRange((double)authority.Bytes / count, 16, 18);
        for (var i = 0; i < count; i += 7)
        {
            var standing = authority.Find(Mixed(i, serial)).Standing;
            Assert.Equal(i % 33 == 0 ? Standing.Revoked : Standing.Good, standing);
            serial[i % 16] ^= 1;
            Assert.Equal(Standing.Unknown, authority.Find(serial).Standing);
        }

        TestContext.Current.SendDiagnosticMessage(string.Create(
            CultureInfo.InvariantCulture, $"{count:N0} serials in {filled.TotalSeconds:0.0} s, {(double)authority.Bytes / count:0.00} bytes each; a hundred million: {authority.Bytes * (100_000_000.0 / count) / 1e9:0.00} GB."));
        Assert.True(authority.Bytes * (100_000_000.0 / count) < 2e9, "A hundred million would not fit into 2 GB.");
    }

    // Every i another serial, by a bijection: no digest is needed to make millions.
    private static byte[] Mixed(int number, byte[] serial)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(serial, (ulong)(number + 1) * 0x9E3779B97F4A7C15);
        BinaryPrimitives.WriteUInt64LittleEndian(serial.AsSpan(8), (ulong)(number + 1) * 0xD6E8FEB86659FD93);
        return serial;
    }

    private static byte[] Serial(int number, int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return length == 1 ? [bytes[0]] : Sm3.HashData(bytes)[..length];
    }
}
