using Xunit;

namespace Hufu.Kernel.Tests.Crypto;

/// <summary>A collection that never runs beside another.</summary>
[CollectionDefinition("the kernel alone", DisableParallelization = true)]
public class KernelAlone;
