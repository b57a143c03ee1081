using System.Text;
using Hufu.Contracts;
using Hufu.Records;
using Xunit;

namespace Hufu.Modules.Tests.Records;

/// <summary>The verifier's own reading of statements takes exactly what <see cref="ActStatement"/> takes.</summary>
public sealed class StatementFactsTests
{
    [Fact]
    public void The_verifier_reads_what_the_contract_reads_and_nothing_else()
    {
        using var place = new RecordsPlace(Engine.Sqlite);
        string[] whole =
        [
            ActStatement.Create("ra", "ra.application.approve", "application/A1", "Entered:" + new string('a', 64), "{}"u8, place.PersonCertificate, place.Clock.GetUtcNow()).ToCanonicalText(),
            ActStatement.Create("ra", "ra.application.approve", "application/甲乙", "-", "{}"u8, place.PersonCertificate, place.Clock.GetUtcNow()).ToCanonicalText(),
        ];
        byte[] odd = [0, (byte)' ', (byte)'\n', (byte)'\r', (byte)'\t', (byte)'0', (byte)'9', (byte)'A', (byte)'a', (byte)'g', (byte)':', 0x7f, 0x80, 0xc2, 0xe3, 0xff];
        int taken = 0;
        int refused = 0;
        foreach (string text in whole)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Same(bytes);
            for (int i = 0; i < bytes.Length; i++)
            {
                foreach (byte other in odd)
                {
                    byte[] changed = [.. bytes];
                    changed[i] = other;
                    Same(changed);
                    Same([.. bytes[..i], other, .. bytes[i..]]);
                }

                Same([.. bytes[..i], .. bytes[(i + 1)..]]);
                Same(bytes[..i]);
            }

            foreach (string value in new[] { "2026-02-30T00:00:00.000Z", "2024-02-29T23:59:59.999Z", "2023-02-29T00:00:00.000Z", "0000-01-01T00:00:00.000Z", "2026-11-22T24:00:00.000Z", "2026-11-22T00:00:60.000Z" })
            {
                Same(Encoding.UTF8.GetBytes(System.Text.RegularExpressions.Regex.Replace(text, "time: .*", "time: " + value)));
            }

            foreach (int length in new[] { 1_000, 1_800, 2_100, 9_000 })
            {
                Same(Encoding.UTF8.GetBytes(text.Replace("object: ", "object: " + new string('x', length), StringComparison.Ordinal)));
            }
        }

        Assert.True(taken > 1_000 && refused > 1_000, $"{taken} taken, {refused} refused: the changes reach only one side");

        void Same(byte[] bytes)
        {
            // A line holds UTF-8; anything else never comes so far.
            string text;
            try
            {
                text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
            }
            catch (DecoderFallbackException)
            {
                return;
            }

            bool expected = ActStatement.TryParse(text, out ActStatement? statement);
            Assert.True(expected == StatementFacts.TryRead(bytes, out StatementFacts facts), $"{(expected ? "The contract takes" : "The verifier takes")} this alone:\n{text}");
            if (expected)
            {
                taken++;
                Assert.Equal(statement!.Act, Encoding.UTF8.GetString(facts.Act));
                Assert.Equal(statement.Object, Encoding.UTF8.GetString(facts.Object));
                Assert.Equal(statement.Room, Encoding.UTF8.GetString(facts.Room));
                Assert.Equal(statement.Person, Encoding.UTF8.GetString(facts.Person));
            }
            else
            {
                refused++;
            }
        }
    }
}
