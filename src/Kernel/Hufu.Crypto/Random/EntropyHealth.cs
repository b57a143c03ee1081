namespace Hufu.Crypto;

/// <summary>Health tests of the random source on octets as samples, in the manner of NIST SP 800-90B 4.4.</summary>
/// <remarks>
/// The cut-offs are chosen so that a sound source, asked for 2⁶⁰ octets, fails with less than 2⁻²⁰: eleven equal octets in a row come once in 2⁸⁰;
/// forty of 512 octets equal to the first once in more than 2¹⁰⁰. A source that is stuck, cycles in a few values or gives zeros fails at once.
/// </remarks>
internal static class EntropyHealth
{
    private const int RepetitionCutOff = 11;
    private const int ProportionWindow = 512;
    private const int ProportionCutOff = 40;

    /// <summary>Whether the octets pass both tests.</summary>
    internal static bool Passes(ReadOnlySpan<byte> octets) => PassesRepetition(octets) && PassesProportion(octets);

    private static bool PassesRepetition(ReadOnlySpan<byte> octets)
    {
        int run = 1;
        int longest = 1;
        for (int i = 1; i < octets.Length; i++)
        {
            run = octets[i] == octets[i - 1] ? run + 1 : 1;
            longest = Math.Max(longest, run);
        }

        return longest < RepetitionCutOff;
    }

    private static bool PassesProportion(ReadOnlySpan<byte> octets)
    {
        for (; octets.Length >= ProportionWindow; octets = octets[ProportionWindow..])
        {
            if (octets[..ProportionWindow].Count(octets[0]) >= ProportionCutOff)
            {
                return false;
            }
        }

        return true;
    }
}
