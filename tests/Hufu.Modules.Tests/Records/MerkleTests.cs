using Hufu.Crypto;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>The tree of RFC 9162 with SM3, in its three shapes here (frontier, stored nodes, verifier) against the definition of 2.1.1 written down plainly.</summary>
public sealed class MerkleTests
{
    private static byte[] Leaf(int i) => Sm3.HashData([0, (byte)i, (byte)(i >> 8)]);

    // MTH(D[n]): split at the largest power of two smaller than n.
    private static byte[] Definition(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 0)
        {
            return Sm3.HashData([]);
        }

        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        int k = 1;
        while (k * 2 < leaves.Length)
        {
            k *= 2;
        }

        return Sm3.HashData([1, .. Definition(leaves[..k]), .. Definition(leaves[k..])]);
    }

    [Fact]
    public void Many_leaves_at_once_make_the_edge_and_the_nodes_that_they_make_one_by_one()
    {
        foreach (int before in new[] { 0, 1, 2, 3, 5, 8, 255, 256, 257 })
        {
            foreach (int many in new[] { 0, 1, 2, 3, 4, 7, 31, 64, 255, 513 })
            {
                (MerkleFrontier one, MerkleFrontier together) = (new(), new());
                var nodes = new List<(int, long, string)>();
                var others = new List<(int, long, string)>();
                for (int i = 0; i < before; i++)
                {
                    one.Push<object?>(Leaf(i), null, null);
                    together.Push<object?>(Leaf(i), null, null);
                }

                for (int i = before; i < before + many; i++)
                {
                    one.Push(Leaf(i), nodes, static (list, level, position, hash) => list.Add((level, position, Convert.ToHexString(hash))));
                }

                together.PushMany([.. Enumerable.Range(before, many).SelectMany(Leaf)], others, static (list, level, position, hash) => list.Add((level, position, Convert.ToHexString(hash))));
                Assert.Equal((one.Size, Convert.ToHexString(one.Root())), (together.Size, Convert.ToHexString(together.Root())));
                Assert.Equal(nodes.Order(), others.Order());
                one.Push<object?>(Leaf(9_999), null, null);
                together.Push<object?>(Leaf(9_999), null, null);
                Assert.Equal(one.Root(), together.Root());
            }
        }
    }

    [Fact]
    public void Frontier_and_verifier_have_the_roots_of_the_definition_and_the_frontier_goes_back()
    {
        byte[][] leaves = [.. Enumerable.Range(0, 300).Select(Leaf)];
        var frontier = new MerkleFrontier();
        var tree = new RunningTree();
        for (int n = 0; n <= leaves.Length; n++)
        {
            byte[] expected = Definition(leaves.AsSpan(0, n));
            Assert.Equal(expected, frontier.Root());
            Assert.Equal(expected, tree.Root());
            byte[] kept = frontier.Keep();
            for (int more = 0; more < 9; more++)
            {
                frontier.Push<object?>(Leaf(1_000 + more), null, null);
            }

            frontier.Return(n, kept);
            Assert.Equal(expected, frontier.Root());
            if (n < leaves.Length)
            {
                frontier.Push<object?>(leaves[n], null, null);
                tree.Add(leaves[n]);
            }
        }
    }

    [Fact]
    public async Task Stored_nodes_give_every_root_and_every_proof()
    {
        using var place = new RecordsPlace();
        await using Database database = await place.OpenDatabaseAsync();
        const int Count = 1_300; // beyond four kept nodes of 256
        byte[][] leaves = [.. Enumerable.Range(0, Count).Select(i => RecordLine.Leaf(BitConverter.GetBytes(i)))];
        await database.WriteAsync(
            s =>
            {
                var frontier = new MerkleFrontier();
                for (int i = 0; i < Count; i++)
                {
                    s.Execute(LedgerStore.InsertRecord, new { Sequence = i, Line = BitConverter.GetBytes(i), Ends = i });
                    frontier.Push(leaves[i], s, static (session, level, position, hash) =>
                    {
                        if (level % LedgerStore.LevelStep == 0)
                        {
                            session.Execute(LedgerStore.InsertNode, new { Level = level, Position = position, Hash = hash.ToArray() });
                        }
                    });
                }
            },
            RecordsPlace.Ct);
        await database.ReadAsync(
            s =>
            {
                foreach (int n in new[] { 1, 2, 3, 255, 256, 257, 511, 512, 700, 1_024, 1_025, Count })
                {
                    byte[] root = Definition(leaves.AsSpan(0, n));
                    Assert.Equal(root, LedgerStore.Frontier(s, n).Root());
                    Assert.Equal(root, LedgerStore.Hash(s, 0, n));
                    foreach (int m in new[] { 0, 1, n / 3, n / 2, n - 1 }.Where(m => m < n).Distinct())
                    {
                        var path = new List<byte[]>();
                        LedgerStore.Path(s, m, 0, n, path);
                        Assert.True(new InclusionProof(m, n, leaves[m], path).Leads(root));
                        Assert.False(new InclusionProof(m, n, Leaf(5_000), path).Leads(root));
                        if (n > 1)
                        {
                            Assert.False(new InclusionProof(m == 0 ? 1 : m - 1, n, leaves[m], path).Leads(root));
                        }
                    }

                    foreach (int m in new[] { 1, n / 3, n / 2, n - 1, n }.Where(m => m > 0).Distinct())
                    {
                        byte[] first = Definition(leaves.AsSpan(0, m));
                        var path = new List<byte[]>();
                        LedgerStore.Subproof(s, m, 0, n, true, path);
                        Assert.True(new ConsistencyProof(m, n, path).Holds(first, root));
                        Assert.False(new ConsistencyProof(m, n, path).Holds(Leaf(5_000), root));
                        Assert.False(new ConsistencyProof(m, n, path).Holds(first, Leaf(5_000)));
                        Assert.False(new ConsistencyProof(m, n, [.. path, Leaf(1)]).Holds(first, root));
                    }
                }

                return 0;
            },
            RecordsPlace.Ct);
    }
}
