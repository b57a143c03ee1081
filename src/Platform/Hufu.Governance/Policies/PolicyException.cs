namespace Hufu.Governance;

/// <summary>The policy folder cannot be used: which file, where in it, what is wrong. Thrown at start only; nothing runs on a policy that is not whole.</summary>
public sealed class PolicyException : Exception
{
    /// <summary>Names the file and what is wrong in it.</summary>
    /// <param name="file">Path inside the policy folder.</param>
    /// <param name="line">Line, from 1; 0 when the whole file is meant.</param>
    /// <param name="what">What is wrong, in words.</param>
    public PolicyException(string file, long line, string what)
        : base(line > 0 ? $"{file}:{line}: {what}" : $"{file}: {what}")
    {
        File = file;
        Line = line;
    }

    /// <summary>Path inside the policy folder.</summary>
    public string File { get; }

    /// <summary>Line, from 1; 0 when the whole file is meant.</summary>
    public long Line { get; }
}
