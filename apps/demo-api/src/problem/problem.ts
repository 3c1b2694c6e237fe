import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { CHECKS } from '../health/checks.js';

/** One thing that is wrong with a request. */
export class ParameterComplaint {
  @ApiProperty({ example: 'party' })
  parameter!: string;

  @ApiProperty({ example: 'party must be one of Whig, Republican (got "Green")' })
  message!: string;
}

/** An RFC 9457 problem document, the body of every answer that is not a success. */
export class Problem {
  @ApiProperty({ format: 'uri-reference', example: 'about:blank' })
  type!: string;

  @ApiProperty({ example: 'Bad Request' })
  title!: string;

  @ApiProperty({ type: 'integer', minimum: 400, maximum: 599, example: 400 })
  status!: number;

  @ApiPropertyOptional()
  detail?: string;

  @ApiPropertyOptional({ type: [ParameterComplaint] })
  errors?: ParameterComplaint[];

  @ApiPropertyOptional({
    ...CHECKS,
    description: 'What each check found, by its name, where a health route answers.',
  })
  details?: unknown;
}
